package io.kappa.mapper.stream;

import org.jspecify.annotations.Nullable;

/** How the last batch went. Passed on only where that is news, for most batches go as the one before did. */
final class LastResult {
    private final StreamListener listener;
    private @Nullable String known;

    LastResult(StreamListener listener) {
        this.listener = listener;
    }

    synchronized void is(String result) {
        if (!result.equals(known)) {
            known = result;
            listener.result(result);
        }
    }
}
