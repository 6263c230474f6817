package io.moraine.dataset.provider;

import java.util.Optional;

/** What to change of a provider; what is absent stays, and so does the name when it is empty. */
record ProviderChange(Optional<String> name, Optional<ConfigChange> config) {
  ProviderChange {
    name = name.filter(n -> !n.isEmpty());
    name.ifPresent(NewProvider::checkName);
  }
}
