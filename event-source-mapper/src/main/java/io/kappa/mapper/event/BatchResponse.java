package io.kappa.mapper.event;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a function that has run says of its batch. */
public sealed interface BatchResponse {

    /** @param state that a windowed function returned, a JSON object; null where it returned none */
    record Succeeded(@Nullable String state) implements BatchResponse {}

    /**
     * Some records failed.
     *
     * @param failed indexes of theirs in the batch, one at least
     * @param state as in {@link Succeeded}
     */
    record Partly(Set<Integer> failed, @Nullable String state) implements BatchResponse {
        public Partly {
            failed = Set.copyOf(failed);
        }
    }

    /** The answer means that the whole batch failed: it names a record that was not in it, or is not what is asked for. */
    record Failed(String reason) implements BatchResponse {}
}
