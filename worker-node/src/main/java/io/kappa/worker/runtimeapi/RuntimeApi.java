package io.kappa.worker.runtimeapi;

import io.vertx.core.http.HttpServerRequest;

/** One execution environment's side of the Runtime API. Everything happens on one event loop, calls and what a {@link RuntimeListener} hears. */
public interface RuntimeApi {
    /** Longest response that is taken: 6 MiB and 100 bytes, as Lambda has it. */
    int MAXIMUM_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

    /** Longest result that is taken in parts: 200 MiB, as Lambda has it. */
    int MAXIMUM_STREAMED_BYTES = 200 * 1024 * 1024;

    /** {@code host:port}, the value of {@code AWS_LAMBDA_RUNTIME_API}. */
    String address();

    /** What becomes of a runtime that says that a snapshot may be taken of it. */
    sealed interface Snapshots {
        /** It may not say so. */
        record Refused() implements Snapshots {}

        /** It goes on at once: no snapshot is taken, or it comes from one. */
        record Passed() implements Snapshots {}

        /**
         * It waits.
         *
         * @param file that it will find once it is restored
         */
        record Taken(String file) implements Snapshots {}
    }

    /** To be called before the first runtime is expected; until then they are refused. */
    default void snapshots(Snapshots kind) {}

    /** Other APIs at the same address. */
    @FunctionalInterface
    interface Beside {
        /** Whether the request is one of theirs, which is answered then. On the event loop. */
        boolean handle(HttpServerRequest request);
    }

    /** To be called before anything is expected; until then there are none. */
    default void serveBeside(Beside others) {}

    /** A new runtime process is about to start: what an earlier one still sends is dropped. */
    void expectRuntime();

    /** There is no runtime process any more, or it is about to be killed. Whatever it still asks is refused. */
    void forgetRuntime();

    /** Gives the event to the runtime, which must have {@linkplain RuntimeListener#polled polled}. */
    void give(InvocationEvent event);

    /** Stops listening. */
    void close();
}
