package io.kappa.access.encryption;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a file: one a line, its name and 32 bytes in base64. The first is the current one; those below it open what was sealed before. The
 * file is read again when it has changed, so keys are rotated without a restart.
 */
public final class LocalKeys implements KeyProvider {
    private static final Logger LOG = LoggerFactory.getLogger(LocalKeys.class);
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9._-]{1,64})\\s+([A-Za-z0-9+/]{43}=)");
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");

    /** Kubernetes shows secrets to the group of a pod. */
    private static final Set<PosixFilePermission> GUARDED = PosixFilePermissions.fromString("rw-r-----");

    private final Path file;
    private volatile @Nullable Loaded loaded;

    private record Loaded(FileTime modified, String current, Map<String, SecretKey> keys) {}

    private LocalKeys(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    /** For who only opens: the file need not be there before something is to be opened. */
    public static LocalKeys in(Path file) {
        return new LocalKeys(file);
    }

    /**
     * For who seals: makes the file, with one key, where there is none.
     *
     * @throws IllegalStateException where the file is there and cannot be understood
     */
    public static LocalKeys madeIn(Path file, Clock clock) {
        var keys = new LocalKeys(file);
        try {
            if (Files.notExists(keys.file)) {
                keys.make(clock.instant());
            }
            keys.requireRead();
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("the key file " + keys.file + " can neither be read nor made", e);
        }
    }

    /** Another process that makes one at the same time wins or loses as a whole. */
    private void make(Instant now) throws IOException {
        var directory = Objects.requireNonNull(file.getParent(), "a file is in a directory");
        Files.createDirectories(directory);
        var name =
                LocalDate.ofInstant(now, ZoneOffset.UTC) + "-" + HexFormat.of().formatHex(AesGcm.random(4));
        var key = Base64.getEncoder().encodeToString(AesGcm.random(AesGcm.KEY_BYTES));
        var draft = Files.createTempFile(
                directory, file.getFileName().toString(), ".new", PosixFilePermissions.asFileAttribute(OWNER_ALONE));
        try {
            Files.writeString(
                    draft,
                    "# Keys that environment variables of functions are encrypted under. Without this file nobody can read them.\n"
                            + name + " " + key + "\n");
            Files.createLink(file, draft);
            LOG.atInfo().addKeyValue("file", file).addKeyValue("key", name).log("key file made: keep a copy of it");
        } catch (FileAlreadyExistsException e) {
            LOG.atDebug().setCause(e).log("somebody else has made the key file meanwhile");
        } finally {
            Files.delete(draft);
        }
    }

    @Override
    public DataKey generate(String context) {
        var held = held();
        var plain = AesGcm.random(AesGcm.KEY_BYTES);
        var current = held.keys().get(held.current());
        if (current == null) {
            throw new IllegalStateException("the current key is one of the keys");
        }
        return new DataKey(held.current(), AesGcm.key(plain), AesGcm.encrypt(current, plain, context));
    }

    @Override
    public SecretKey decrypt(String keyId, String encrypted, String context) {
        var key = held().keys().get(keyId);
        if (key == null) {
            throw new SealedException(
                    SealedException.Cause.KEY_NOT_FOUND,
                    "key " + keyId + " is not in " + file + ": routers and workers need the same encryption.key-file");
        }
        return AesGcm.key(AesGcm.decrypt(key, encrypted, context));
    }

    private Loaded held() {
        try {
            return requireRead();
        } catch (NoSuchFileException e) {
            throw new SealedException(
                    SealedException.Cause.KEY_NOT_FOUND,
                    "there is no " + file + ": routers and workers need the same encryption.key-file");
        } catch (IOException e) {
            throw new SealedException(SealedException.Cause.KEY_NOT_FOUND, file + " cannot be read: " + e);
        } catch (IllegalStateException e) {
            var before = loaded;
            if (before == null) {
                throw new SealedException(SealedException.Cause.KEY_NOT_FOUND, String.valueOf(e.getMessage()));
            }
            LOG.atError()
                    .setCause(e)
                    .log("the key file has become unreadable; the keys that were read before are used");
            return before;
        }
    }

    private Loaded requireRead() throws IOException {
        var modified = Files.getLastModifiedTime(file);
        var before = loaded;
        if (before != null && before.modified().equals(modified)) {
            return before;
        }
        var read = read(modified);
        loaded = read;
        return read;
    }

    private Loaded read(FileTime modified) throws IOException {
        if (!GUARDED.containsAll(Files.getPosixFilePermissions(file))) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .log("everybody may read the key file, or others than its owner write it");
        }
        var keys = new LinkedHashMap<String, SecretKey>();
        var lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                var parts = LINE.matcher(line);
                if (!parts.matches() || keys.containsKey(parts.group(1))) {
                    throw new IllegalStateException("line " + (i + 1) + " of the key file " + file
                            + " is not the name of a key and, after a blank, 32 bytes in base64, or names a key again");
                }
                keys.put(parts.group(1), AesGcm.key(Base64.getDecoder().decode(parts.group(2))));
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalStateException("the key file " + file + " holds no key");
        }
        return new Loaded(modified, keys.keySet().iterator().next(), Map.copyOf(keys));
    }
}
