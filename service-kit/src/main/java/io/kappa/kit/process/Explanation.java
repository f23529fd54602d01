package io.kappa.kit.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What went wrong, in one line for the person who started it: the message, and those of its causes that add something. */
public final class Explanation {
    public static String of(Throwable failure) {
        List<String> parts = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean wrapper = cause instanceof ExecutionException || cause instanceof CompletionException;
            if (wrapper && cause.getCause() != null) {
                continue;
            }
            var message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            var line = String.join(" ", message.lines().map(String::strip).toList());
            if (parts.stream().noneMatch(part -> part.contains(line))) {
                parts.add(line);
            }
        }
        return String.join(": ", parts);
    }

    private Explanation() {}
}
