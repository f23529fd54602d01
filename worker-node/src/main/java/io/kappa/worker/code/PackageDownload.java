package io.kappa.worker.code;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.kit.kafka.ChunkReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Brings the bytes of a package from Kafka to a file, chunk by chunk, and makes sure that they are the ones that were uploaded. */
final class PackageDownload {

    /**
     * Writes the package to a new file.
     *
     * @throws PackageException where its chunks are gone, or are other bytes than those of its hash
     */
    static void download(ChunkReader chunks, CodePackage code, Path file) throws IOException {
        var digest = sha256();
        try (OutputStream out = new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(file)), digest)) {
            chunks.read(code.partition(), code.offsets(), chunk -> write(out, chunk));
        } catch (ChunkReader.MissingChunkException e) {
            throw new PackageException("package " + code.sha256() + " no longer exists", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        var found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(code.sha256())) {
            throw new PackageException("package " + code.sha256() + " has other bytes, whose hash is " + found);
        }
    }

    private static void write(OutputStream out, byte[] chunk) {
        try {
            out.write(chunk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java has it.
        }
    }

    private PackageDownload() {}
}
