package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/** Bytes that may be a text. */
public final class Utf8 {
    private Utf8() {}

    /** The text; empty where the bytes are not UTF-8. */
    public static Optional<String> strict(byte[] bytes) {
        var text = lenient(bytes);
        return text.indexOf('\uFFFD') < 0 || isValid(bytes) ? Optional.of(text) : Optional.empty();
    }

    /** The text, with a replacement character for whatever is not UTF-8. */
    public static String lenient(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    /** A replacement character may also have been sent as such; then only a decoder that reports errors can tell. */
    private static boolean isValid(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
