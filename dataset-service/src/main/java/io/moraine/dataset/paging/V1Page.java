package io.moraine.dataset.paging;

import java.util.List;
import java.util.Optional;

/**
 * A page of a list below {@code /v1}.
 *
 * @param nextPage what to give as {@code after} for the next one, when there is one
 */
public record V1Page<T>(List<T> items, boolean hasMore, Optional<String> nextPage) {}
