package io.moraine.dataset.provider;

import io.moraine.content.store.BucketProbe.Findings;
import io.moraine.vocabulary.ProviderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A provider and what a probe of its bucket found.
 *
 * @param checks what Moraine relies on, and where the provider lacks it, what Moraine does instead
 */
record CheckedProvider(
    ProviderId id,
    String type,
    String name,
    boolean managed,
    Map<String, String> config,
    List<Check> checks) {
  /** One thing that was tried. */
  record Check(String name, boolean ok, Optional<String> instead) {
    static Check of(String name, boolean ok, String instead) {
      return new Check(name, ok, ok ? Optional.empty() : Optional.of(instead));
    }
  }

  private static final String REHASHED =
      "Moraine reads and hashes every object that was uploaded past it before it counts.";
  private static final String COPIED =
      "An upload past Moraine gets a name of its own; Moraine reads it, hashes it, and puts it under its digest itself, so that nobody has a URL that could replace what counts.";
  private static final String SAME_BYTES =
      "An object may be stored again: since its name is its digest and the checksum is enforced, with the same bytes.";
  private static final String CLEAR =
      "Bytes travel in clear between Moraine, its users and the bucket; every content that is read is checked against its digest. Use https where the network is not yours.";

  static CheckedProvider of(Provider provider, ProviderConfig config, Findings found) {
    List<Check> checks = new ArrayList<>();
    for (String required : List.of("write", "read", "list", "delete")) {
      checks.add(Check.of(required, true, ""));
    }
    checks.add(
        Check.of(
            "tampered-body-refused",
            found.enforcesChecksums(),
            found.keepsWhatIsThere() ? REHASHED : COPIED));
    checks.add(
        Check.of(
            "conditional-put",
            found.keepsWhatIsThere(),
            found.enforcesChecksums() ? SAME_BYTES : COPIED));
    checks.add(Check.of("https", "https".equals(config.reachedAt().getScheme()), CLEAR));
    return new CheckedProvider(
        provider.id(),
        provider.type(),
        provider.name(),
        provider.managed(),
        provider.config(),
        checks);
  }
}
