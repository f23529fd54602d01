package io.kappa.router.logs.reading;

import org.jspecify.annotations.Nullable;

/** Lines cannot be read now, and may be later. */
public final class LogsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogsUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
