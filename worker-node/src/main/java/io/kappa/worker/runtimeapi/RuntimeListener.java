package io.kappa.worker.runtimeapi;

import io.vertx.core.buffer.Buffer;

/** Hears what a runtime says. Called on the event loop that the Runtime API lives on, and only while a runtime is expected. */
public interface RuntimeListener {

    /** The runtime is done with what it did before and waits for an event. */
    void polled();

    /** An answer to the event given last begins to come in. */
    default void answering() {}

    /** The handler's result for the event given last. */
    void responded(Buffer result);

    /**
     * The handler's result for the event given last begins, and comes in parts. How it ends is told as with any other: by {@link #responded},
     * with nothing more, by {@link #failed} or by {@link #responseTooLarge}. Only of events that are {@linkplain InvocationEvent#streamed()
     * streamed}.
     */
    void responding(String contentType, PartDemand demand);

    /** The next part of the handler's result. */
    void part(Buffer part);

    /** The handler, or the runtime on its behalf, failed on the event given last. The runtime goes on. */
    void failed(ReportedError error);

    /**
     * The answer to the event given last was too long. The runtime goes on.
     *
     * @param most how many bytes it might have had
     */
    void responseTooLarge(int most);

    /** The runtime could not make the function ready. It will do nothing more. */
    void initFailed(ReportedError error);

    /** The runtime has made the function ready and waits, without a connection, for a snapshot to be taken of it. */
    default void readyForSnapshot() {}

    /** The function's hooks after a restore have failed. The runtime will do nothing more. */
    default void restoreFailed(ReportedError error) {}
}
