package io.kappa.router.logs.filter;

/** A text that is no filter pattern. The message says what is wrong with it. */
public final class FilterPatternException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FilterPatternException(String message) {
        super(message, null, false, false); // An answer to whoever wrote the pattern: nobody reads its stack trace.
    }
}
