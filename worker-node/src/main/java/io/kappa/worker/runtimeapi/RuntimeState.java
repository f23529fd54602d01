package io.kappa.worker.runtimeapi;

import java.util.Optional;

/**
 * Where a runtime process stands in its talk with the Runtime API, named as Lambda names it in refusals.
 *
 * <pre>
 * Parked ──assigned──▶ Started
 *
 * Started ──next──▶ Ready ──event──▶ Running ──response──▶ InvocationResponse ──────received──▶ ResponseSent
 *    │               ▲                   └─────error─────▶ InvocationErrorResponse ─received──▶     │
 *    ├─init/error─▶ InitError            ▲ next: the same event again                                │
 *    └─restore/next─▶ RestoreReady ─next, or restore/error─▶ RestoreError                            │
 *                    └───────────────────────────────────────────────next────────────────────────────┘
 * </pre>
 *
 * A response that is handed on while it comes in, and breaks off, leads to {@link ResponseTruncated} and from there on like an answer.
 */
sealed interface RuntimeState {

    /** What a runtime can ask for, and the name of the state that it asks to get into. */
    enum Call {
        ASSIGNMENT("Assigned"),
        NEXT("Ready"),
        RESPONSE("InvocationResponse"),
        ERROR("InvocationErrorResponse"),
        INIT_ERROR("InitError"),
        RESTORE_NEXT("RestoreReady"),
        RESTORE_ERROR("RestoreError");

        private final String target;

        Call(String target) {
            this.target = target;
        }

        String target() {
            return target;
        }
    }

    /** The state that the call leads to; empty where it is not allowed. */
    default Optional<RuntimeState> after(Call call) {
        return Optional.empty();
    }

    /** Request id of the event that this is about; empty where there has been none. */
    default String requestId() {
        return "";
    }

    default String name() {
        return getClass().getSimpleName();
    }

    /** No process: what is still heard of one comes from the past. */
    record Gone() implements RuntimeState {}

    /** The process runs and has not asked for anything. */
    record Started() implements RuntimeState {
        @Override
        public Optional<RuntimeState> after(Call call) {
            return switch (call) {
                case NEXT -> Optional.of(new Ready(""));
                case INIT_ERROR -> Optional.of(new InitError());
                case RESTORE_NEXT -> Optional.of(new RestoreReady());
                case ASSIGNMENT, RESPONSE, ERROR, RESTORE_ERROR -> Optional.empty();
            };
        }
    }

    /** Has made its function ready and done what comes before a snapshot. */
    record RestoreReady() implements RuntimeState {
        @Override
        public Optional<RuntimeState> after(Call call) {
            return switch (call) {
                case NEXT -> Optional.of(new Ready(""));
                case RESTORE_ERROR -> Optional.of(new RestoreError());
                case ASSIGNMENT, RESPONSE, ERROR, INIT_ERROR, RESTORE_NEXT -> Optional.empty();
            };
        }
    }

    /** Could not do what comes after a restore. Nothing may follow. */
    record RestoreError() implements RuntimeState {}

    /** The process runs, and waits to be told which function it is for. It can ask for nothing else until then. */
    record Parked() implements RuntimeState {
        @Override
        public Optional<RuntimeState> after(Call call) {
            return call == Call.ASSIGNMENT ? Optional.of(this) : Optional.empty();
        }
    }

    /** Could not make its function ready. Nothing may follow. */
    record InitError() implements RuntimeState {}

    /**
     * Waits for an event.
     *
     * @param requestId of the event before, which a second answer would be about
     */
    record Ready(String requestId) implements RuntimeState {
        /** A poll may be repeated: the connection of the first may have broken. */
        @Override
        public Optional<RuntimeState> after(Call call) {
            return call == Call.NEXT ? Optional.of(this) : Optional.empty();
        }

        Running given(InvocationEvent event) {
            return new Running(event);
        }
    }

    /** Works on the event. */
    record Running(InvocationEvent event) implements RuntimeState {
        @Override
        public Optional<RuntimeState> after(Call call) {
            return switch (call) {
                case NEXT -> Optional.of(this);
                case RESPONSE -> Optional.of(new InvocationResponse(event));
                case ERROR -> Optional.of(new InvocationErrorResponse(event));
                case ASSIGNMENT, INIT_ERROR, RESTORE_NEXT, RESTORE_ERROR -> Optional.empty();
            };
        }

        @Override
        public String requestId() {
            return event.requestId();
        }
    }

    /** Sends an answer, of which not all has arrived. */
    sealed interface Answering extends RuntimeState {
        InvocationEvent event();

        @Override
        default String requestId() {
            return event().requestId();
        }

        default ResponseSent received() {
            return new ResponseSent(requestId());
        }

        /** The connection broke half way: nothing has been answered, and the runtime may try again. */
        default Running interrupted() {
            return new Running(event());
        }
    }

    record InvocationResponse(InvocationEvent event) implements Answering {
        /** The connection broke half way, and the first half is gone: nobody can try again. */
        ResponseTruncated truncated() {
            return new ResponseTruncated(event);
        }
    }

    record InvocationErrorResponse(InvocationEvent event) implements Answering {}

    /**
     * Has answered half, and can at most say why. Mostly its process is at its end, which tells more than this does; so nothing is said of it
     * until the runtime does something else.
     */
    record ResponseTruncated(InvocationEvent event) implements RuntimeState {
        @Override
        public Optional<RuntimeState> after(Call call) {
            return switch (call) {
                case NEXT -> Optional.of(new Ready(requestId()));
                case ERROR -> Optional.of(new InvocationErrorResponse(event));
                case ASSIGNMENT, RESPONSE, INIT_ERROR, RESTORE_NEXT, RESTORE_ERROR -> Optional.empty();
            };
        }

        @Override
        public String requestId() {
            return event.requestId();
        }
    }

    /** Has answered, and may still be busy with things of its own. */
    record ResponseSent(String requestId) implements RuntimeState {
        @Override
        public Optional<RuntimeState> after(Call call) {
            return call == Call.NEXT ? Optional.of(new Ready(requestId)) : Optional.empty();
        }
    }
}
