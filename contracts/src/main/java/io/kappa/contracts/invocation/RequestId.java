package io.kappa.contracts.invocation;

import java.util.UUID;

/** Names one invocation, through all of its attempts: a UUID, which Lambda shows as {@code x-amzn-RequestId}. Prints as the UUID's text. */
public record RequestId(UUID value) implements Comparable<RequestId> {

    /** @throws IllegalArgumentException where the text is not a UUID as Lambda writes one: 36 characters, in lower or upper case */
    public static RequestId parse(String text) {
        if (text.length() != 36) {
            throw new IllegalArgumentException("not a request id: a UUID has 36 characters");
        }
        return new RequestId(UUID.fromString(text));
    }

    @Override
    public int compareTo(RequestId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
