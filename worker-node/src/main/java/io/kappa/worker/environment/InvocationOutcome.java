package io.kappa.worker.environment;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.runtimeapi.PartDemand;
import io.vertx.core.buffer.Buffer;

/** What an invocation came to, as its caller is told. */
public sealed interface InvocationOutcome {

    /** The same with the end of the log, where the function has run. */
    default InvocationOutcome withTail(String tail) {
        return switch (this) {
            case Result result -> new Result(result.payload(), tail);
            case FunctionError error -> new FunctionError(error.type(), error.payload(), tail);
            case Refused _, Abandoned _ -> this;
        };
    }

    /**
     * The handler has returned this.
     *
     * @param tail base64 of the end of the log; empty unless wanted
     */
    record Result(Buffer payload, String tail) implements InvocationOutcome {}

    /**
     * The function has failed: by its own report, by its end, or by taking too long.
     *
     * @param type as the platform records it
     * @param payload the error as Lambda writes it
     * @param tail base64 of the end of the log; empty unless wanted
     */
    record FunctionError(String type, Buffer payload, String tail) implements InvocationOutcome {}

    /** The invocation has not started and could run elsewhere. */
    record Refused(Refusal refusal) implements InvocationOutcome {}

    /** The environment was taken away while the invocation ran. */
    record Abandoned() implements InvocationOutcome {}

    /** Hears of the outcome, on the environment's event loop or on the thread that asked. */
    @FunctionalInterface
    interface Answer {

        /** Once, and last. After {@link #begin} a {@link Result} holds nothing: it says that there are no more parts. */
        void give(InvocationOutcome outcome);

        /** The result begins, and comes in parts. Only where the invocation is {@linkplain Invocation#streamed() streamed}. */
        default void begin(String contentType, PartDemand demand) {
            throw new IllegalStateException("a result in parts was not asked for");
        }

        /** The next part of the result. */
        default void part(Buffer part) {
            throw new IllegalStateException("a result in parts was not asked for");
        }
    }
}
