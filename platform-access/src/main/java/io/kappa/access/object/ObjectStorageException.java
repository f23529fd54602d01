package io.kappa.access.object;

import java.time.Duration;

/** An object was not read, or not written. */
public abstract sealed class ObjectStorageException extends Exception {
    private static final long serialVersionUID = 1L;

    private ObjectStorageException(String message, Throwable cause) {
        super(message, cause);
    }

    private ObjectStorageException(String message) {
        super(message);
    }

    /** Nobody has said where objects are. */
    public static final class NotConfigured extends ObjectStorageException {
        private static final long serialVersionUID = 1L;

        NotConfigured() {
            super("no S3 endpoint is configured: set " + ObjectStorageSettings.ENDPOINT);
        }
    }

    /** S3 says no. */
    public static final class Refused extends ObjectStorageException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;
        private final String reason;

        Refused(int status, String code, String reason, Throwable cause) {
            super("S3 answered " + code + ": " + reason, cause);
            this.status = status;
            this.code = code;
            this.reason = reason;
        }

        /** Of HTTP. */
        public int status() {
            return status;
        }

        /** S3's name for the error, such as {@code NoSuchKey}. */
        public String code() {
            return code;
        }

        /** S3's message, without its code. */
        public String reason() {
            return reason;
        }
    }

    /** The object is longer than the caller takes one. */
    public static final class TooLong extends ObjectStorageException {
        private static final long serialVersionUID = 1L;

        TooLong(long most) {
            super("the object is longer than " + most + " bytes");
        }
    }

    /** S3 is out of reach or in trouble; the same may succeed later. */
    public static final class Unavailable extends ObjectStorageException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }

        static Unavailable after(Duration timeout, Throwable cause) {
            return new Unavailable("S3 took longer than " + timeout.toSeconds() + " s", cause);
        }
    }
}
