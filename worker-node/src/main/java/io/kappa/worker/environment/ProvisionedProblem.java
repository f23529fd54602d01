package io.kappa.worker.environment;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;

/**
 * Why an environment could not be made ready for provisioned concurrency.
 *
 * @param reason in capitals, as {@code StatusReason} begins with it
 * @param detail for people; empty where there is nothing to add
 */
public record ProvisionedProblem(String reason, String detail) {
    private static final int LONGEST_DETAIL = 300;

    /** The workers have no room for as many. */
    public static final ProvisionedProblem NO_MEMORY = new ProvisionedProblem("INSUFFICIENT_MEMORY", "");

    /** No worker can start functions of that runtime. */
    public static final ProvisionedProblem NO_RUNTIME = new ProvisionedProblem("RUNTIME_UNAVAILABLE", "");

    /** Its runtime was ready, and ended soon afterwards, several times in a row. */
    public static final ProvisionedProblem KEEPS_ENDING =
            new ProvisionedProblem("FUNCTION_ERROR_RUNTIME_EXITED", "the runtime keeps ending soon after its init");

    static ProvisionedProblem of(InitFailure failure) {
        var detail = failure.message().isEmpty() ? failure.type() : failure.type() + ": " + failure.message();
        return new ProvisionedProblem(
                "FUNCTION_ERROR_INIT_FAILURE", detail.substring(0, Math.min(detail.length(), LONGEST_DETAIL)));
    }

    static ProvisionedProblem of(Refusal refusal) {
        return switch (refusal) {
            case FULL -> NO_MEMORY;
            case RUNTIME_UNAVAILABLE -> NO_RUNTIME;
            case CODE_UNAVAILABLE,
                    IMAGE_UNAVAILABLE,
                    KEY_NOT_FOUND,
                    KEY_INVALID,
                    DRAINING,
                    VERSION_UNKNOWN,
                    TOO_LATE,
                    RESTORE_TIMED_OUT -> new ProvisionedProblem(refusal.name(), "");
        };
    }

    @Override
    public String toString() {
        return detail.isEmpty() ? reason : reason + " (" + detail + ")";
    }
}
