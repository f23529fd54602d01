package io.kappa.worker.environment;

/** How a phase of an environment's life ended, as its report says it. */
sealed interface EndStatus {
    /** {@code success}, {@code failure}, {@code error} or {@code timeout}: the words of platform events. */
    String word();

    record Success() implements EndStatus {
        @Override
        public String word() {
            return "success";
        }
    }

    /** The runtime has reported an error of the handler's and goes on. */
    record Failure(String errorType) implements EndStatus {
        @Override
        public String word() {
            return "failure";
        }
    }

    /** The runtime has come to its end. */
    record Crash(String errorType) implements EndStatus {
        @Override
        public String word() {
            return "error";
        }
    }

    record Timeout() implements EndStatus {
        @Override
        public String word() {
            return "timeout";
        }
    }
}
