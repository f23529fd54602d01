package io.kappa.deadletters.payload;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of an event, as they are in a record's value; there may be none at all. Equal to another by its bytes. */
public final class Payload {
    public static final Payload NONE = new Payload(null);

    private final byte @Nullable [] bytes;

    private Payload(byte @Nullable [] bytes) {
        this.bytes = bytes;
    }

    /** The array is not copied: whoever hands it over leaves it alone from then on. */
    public static Payload of(byte @Nullable [] bytes) {
        return bytes == null ? NONE : new Payload(bytes);
    }

    public byte @Nullable [] bytes() {
        return bytes;
    }

    public int length() {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload payload && Arrays.equals(bytes, payload.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return length() + " bytes"; // Payloads are never logged.
    }
}
