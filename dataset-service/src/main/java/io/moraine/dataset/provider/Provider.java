package io.moraine.dataset.provider;

import io.moraine.vocabulary.ProviderId;
import java.util.Map;

/**
 * A bucket of a team, as it is shown: secrets in {@code config} are masked.
 *
 * @param managed whether it is the installation's own
 * @param config flat, strings only
 */
public record Provider(
    ProviderId id, String type, String name, boolean managed, Map<String, String> config) {}
