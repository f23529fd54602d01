package io.kappa.access.image;

/** An image that cannot be had. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why not. */
    public enum Problem {
        /** What should name it is no name of an image. */
        MISNAMED,
        /** There is none of that name. */
        MISSING,
        /** The registry does not show it to this platform. */
        ACCESS_DENIED,
        /** Its manifest, configuration or layers are of a kind that cannot be run. */
        UNSUPPORTED,
        /** There is none for the architecture. */
        OTHER_ARCHITECTURE,
        /** It, or one of its parts, is more than may be. */
        TOO_LARGE,
        /** The registry could not be asked, or what it sent could not be used. */
        UNREACHABLE
    }

    private final Problem problem;

    public ImageException(Problem problem, String message) {
        this(problem, message, null);
    }

    public ImageException(Problem problem, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
