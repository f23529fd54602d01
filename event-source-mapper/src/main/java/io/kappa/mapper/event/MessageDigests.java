package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/** The digests that SQS gives with a message, in hexadecimal digits. */
final class MessageDigests {
    private static final byte TEXT = 1;
    private static final byte BINARY = 2;

    private MessageDigests() {}

    /** A value of an attribute, and its type as SQS names it. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Attribute(String type, byte[] value) {
        private static final String BYTES = "Binary";

        /** A text, if it can be one. */
        static Attribute of(byte[] value) {
            return new Attribute(Utf8.strict(value).isPresent() ? "String" : BYTES, value);
        }

        boolean isText() {
            return !type.startsWith(BYTES);
        }
    }

    static String md5(byte[] bytes) {
        return hex(digest("MD5").digest(bytes));
    }

    static String sha256(byte[] bytes) {
        return hex(digest("SHA-256").digest(bytes));
    }

    /**
     * Of attributes, in the order of their names: the name, the type, whether the value is text or bytes, and the value, each but the third
     * after its length in four bytes.
     *
     * @see <a href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html">Message metadata</a>
     */
    static String md5(SortedMap<String, Attribute> attributes) {
        var md5 = digest("MD5");
        attributes.forEach((name, attribute) -> {
            update(md5, name.getBytes(UTF_8));
            update(md5, attribute.type().getBytes(UTF_8));
            md5.update(attribute.isText() ? TEXT : BINARY);
            update(md5, attribute.value());
        });
        return hex(md5.digest());
    }

    private static void update(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java has these two.
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
