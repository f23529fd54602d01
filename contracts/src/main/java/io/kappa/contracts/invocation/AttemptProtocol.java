package io.kappa.contracts.invocation;

/** What an attempt of an accepted event adds to the Invoke that it is: the router answers it as any other, under the event's own id. */
public final class AttemptProtocol {
    /**
     * Request header: the {@link RequestId} that the invocation goes by, so that all attempts of an event show the one that its acceptance
     * was answered with. What is not a UUID is ignored.
     */
    public static final String REQUEST_ID = "Kappa-Request-Id";

    private AttemptProtocol() {}
}
