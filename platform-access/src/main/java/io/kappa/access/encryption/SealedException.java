package io.kappa.access.encryption;

/** Something that was sealed cannot be opened here. */
public final class SealedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is in the way. */
    public enum Cause {
        /** The key that it was sealed under is not among those that are held here. */
        KEY_NOT_FOUND,
        /** It was sealed for something else, or under another key of the same name, or was changed since. */
        NOT_AUTHENTIC
    }

    private final Cause why;

    SealedException(Cause why, String message) {
        super(message);
        this.why = why;
    }

    public Cause why() {
        return why;
    }
}
