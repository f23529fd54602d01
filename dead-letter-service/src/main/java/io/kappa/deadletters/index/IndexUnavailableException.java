package io.kappa.deadletters.index;

/** The index cannot be asked, or does not answer in time. The message says in one line why. */
public final class IndexUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IndexUnavailableException(String message) {
        super(message);
    }
}
