package io.kappa.mapper.source;

/** A source cannot be reached as it is configured. The message is fit for a person. */
public final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SourceException(String message) {
        super(message);
    }
}
