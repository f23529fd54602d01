package io.kappa.mapper.stream;

/** Where to go on cannot be told, or is not there any more: a person must say what is to be done. */
final class LostPositionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LostPositionException(String message) {
        super(message);
    }
}
