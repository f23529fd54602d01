package io.kappa.standalone.operator;

/** The platform did not do what it was asked: it refused, or is not there. The message is one line for a person. */
public final class ManagementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ManagementException(String message) {
        super(Cells.line(message), null, false, false);
    }
}
