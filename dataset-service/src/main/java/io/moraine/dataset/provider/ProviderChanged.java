package io.moraine.dataset.provider;

import io.moraine.vocabulary.ProviderId;

/** Fired after a provider was changed or deleted: clients of its bucket are of no use any more. */
public record ProviderChanged(ProviderId provider) {}
