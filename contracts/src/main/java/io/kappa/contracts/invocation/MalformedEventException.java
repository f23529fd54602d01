package io.kappa.contracts.invocation;

/** A record of {@code invocations.queued} that is no event. The message says in one line what is wrong with it. */
public final class MalformedEventException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedEventException(String what) {
        super(what);
    }
}
