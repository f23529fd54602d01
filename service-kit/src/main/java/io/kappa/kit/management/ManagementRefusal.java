package io.kappa.kit.management;

/** A refusal of the management API: thrown where it is known, and turned into HTTP in one place. */
public final class ManagementRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /** @param code one word in capitals, for programs */
    public ManagementRefusal(int status, String code, String message) {
        super(message, null, false, false); // A refusal is an answer: nobody reads its stack trace.
        this.status = status;
        this.code = code;
    }

    public static ManagementRefusal invalid(String message) {
        return new ManagementRefusal(400, "INVALID", message);
    }

    public static ManagementRefusal notFound(String message) {
        return new ManagementRefusal(404, "NOT_FOUND", message);
    }

    public static ManagementRefusal conflict(String message) {
        return new ManagementRefusal(409, "CONFLICT", message);
    }

    public static ManagementRefusal unavailable(String message) {
        return new ManagementRefusal(503, "UNAVAILABLE", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
