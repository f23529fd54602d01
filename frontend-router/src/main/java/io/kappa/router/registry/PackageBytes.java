package io.kappa.router.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** The bytes of a deployment package while it is checked and stored, in memory or on disk. Whoever made them keeps them that long. */
public interface PackageBytes {

    long size() throws IOException;

    /** A reader of its own, from the first byte. */
    SeekableByteChannel open() throws IOException;

    static PackageBytes of(byte[] zip) {
        return new PackageBytes() {
            @Override
            public long size() {
                return zip.length;
            }

            @Override
            public SeekableByteChannel open() {
                return new SeekableInMemoryByteChannel(zip);
            }
        };
    }

    static PackageBytes of(Path zip) {
        return new PackageBytes() {
            @Override
            public long size() throws IOException {
                return Files.size(zip);
            }

            @Override
            public SeekableByteChannel open() throws IOException {
                return Files.newByteChannel(zip);
            }
        };
    }

    /** In lower-case hex. */
    default String sha256() throws IOException {
        try (var channel = open()) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = ByteBuffer.allocate(64 * 1024);
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
