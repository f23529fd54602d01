package io.kappa.router.api.url;

/** A function's result that cannot become an HTTP response. */
public final class MalformedResultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedResultException(String why) {
        super(why, null, false, false);
    }
}
