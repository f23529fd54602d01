package io.kappa.mapper.shard;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a call came to, as far as a shard is concerned. */
public sealed interface CallResult {

    /** @param state of the window, from the function; null where there is none */
    record Succeeded(@Nullable String state) implements CallResult {}

    /** @param failed indexes in the batch, one at least */
    record PartlyFailed(Set<Integer> failed, @Nullable String state, Step.Failure failure) implements CallResult {
        public PartlyFailed {
            failed = Set.copyOf(failed);
        }
    }

    record Failed(Step.Failure failure) implements CallResult {}

    /** The function did not run, which uses up no attempt. */
    record NotRun(boolean throttled, String message) implements CallResult {}
}
