package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** JSON that is written straight to bytes, and how long it becomes. */
final class EventJson {
    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8) // Four bytes instead of twelve.
            .build();

    /** Two quotation marks. */
    private static final int QUOTES = 2;

    private EventJson() {}

    /** Writes JSON. */
    @FunctionalInterface
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** @param expected length, roughly; where it is exact, nothing is copied */
    static byte[] written(int expected, Body body) {
        var bytes = new Bytes(expected);
        try (var json = FACTORY.createGenerator(bytes)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return bytes.whole();
    }

    private static final class Bytes extends ByteArrayOutputStream {
        Bytes(int expected) {
            super(expected);
        }

        byte[] whole() {
            return count == buf.length ? buf : toByteArray();
        }
    }

    /** Writes bytes in base64: several times as fast as the generator does it by itself. */
    static void writeBase64(JsonGenerator json, String name, byte[] bytes) throws IOException {
        var encoded = Base64.getEncoder().encode(bytes);
        json.writeFieldName(name);
        json.writeRawUTF8String(encoded, 0, encoded.length);
    }

    /** The same, by means of room that is used again and again: at least as long as what is written, without quotation marks. */
    static void writeBase64(JsonGenerator json, SerializableString name, byte[] bytes, byte[] room) throws IOException {
        int length = Base64.getEncoder().encode(bytes, room);
        json.writeFieldName(name);
        json.writeRawUTF8String(room, 0, length);
    }

    /** Length of a text with its quotation marks, where {@link Utf8#lenient} has read it from the bytes. */
    static int text(byte[] bytes) {
        int length = QUOTES;
        boolean ascii = true;
        for (byte letter : bytes) {
            length += letter < 0 ? 1 : letter(letter);
            ascii &= letter >= 0;
        }
        return ascii || Utf8.strict(bytes).isPresent() ? length : text(Utf8.lenient(bytes));
    }

    /** Length of a text with its quotation marks. */
    static int text(String text) {
        int length = QUOTES;
        for (int i = 0; i < text.length(); i++) {
            length += letter(text.charAt(i));
        }
        return length;
    }

    private static int letter(int letter) {
        if (letter < 0x80) {
            return switch (letter) {
                case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
                default -> letter < ' ' ? 6 : 1;
            };
        }
        if (letter < 0x800 || Character.isSurrogate((char) letter)) {
            return 2; // A pair of surrogates is four bytes.
        }
        return 3;
    }

    /** Length of so many bytes in base64 with its quotation marks. */
    static int base64(int bytes) {
        return QUOTES + (bytes + 2) / 3 * 4;
    }

    /** Digits of a number, with its sign. */
    static int digits(long number) {
        int digits = number < 0 ? 2 : 1;
        for (long rest = number / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
