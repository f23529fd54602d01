package io.kappa.access.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.access.encryption.SealedException.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalKeysTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
    private static final String OLD = line("old", 1);
    private static final String NEW = line("new", 2);

    @TempDir
    private Path directory;

    private Path file;
    private int writes;

    @BeforeEach
    void chooseAFile() {
        file = directory.resolve("below/encryption.keys");
    }

    private static String line(String name, int octet) {
        var bytes = new byte[32];
        bytes[0] = (byte) octet;
        return name + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
    }

    /** Each time at another moment, as far as the file tells. */
    private void write(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(
                file, FileTime.from(Instant.parse("2026-11-20T12:00:00Z").plusSeconds(++writes)));
    }

    private static Cause why(LocalKeys keys, KeyProvider.DataKey key, String context) {
        return catchThrowableOfType(SealedException.class, () -> keys.decrypt(key.keyId(), key.encrypted(), context))
                .why();
    }

    @Test
    void aFileThatIsMissingIsMadeForItsOwnerAlone() throws IOException {
        var key = LocalKeys.madeIn(file, CLOCK).generate("f");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(key.keyId()).matches("2026-11-20-[0-9a-f]{8}");
        assertThat(file.getParent()).isDirectoryNotContaining(other -> !other.equals(file));
        assertThat(LocalKeys.madeIn(file, CLOCK).decrypt(key.keyId(), key.encrypted(), "f"))
                .isEqualTo(key.plain());
    }

    @Test
    void everyDataKeyIsAnother() {
        var keys = LocalKeys.madeIn(file, CLOCK);

        assertThat(keys.generate("f").plain()).isNotEqualTo(keys.generate("f").plain());
    }

    @Test
    void theFirstKeyIsTheCurrentOneAndTheOthersStillOpen() throws IOException {
        write(OLD);
        var keys = LocalKeys.in(file);
        var before = keys.generate("f");

        write("# rotated\n\n" + NEW + OLD);

        assertThat(keys.generate("f").keyId()).isEqualTo("new");
        assertThat(keys.decrypt("old", before.encrypted(), "f")).isEqualTo(before.plain());
    }

    @Test
    void aDataKeyIsGoodForWhatItWasMadeForAndUnderItsOwnKey() throws IOException {
        write(OLD);
        var keys = LocalKeys.in(file);
        var key = keys.generate("f");

        assertThat(why(keys, key, "g")).isEqualTo(Cause.NOT_AUTHENTIC);
        write(line("old", 3));
        assertThat(why(keys, key, "f")).isEqualTo(Cause.NOT_AUTHENTIC);
        assertThat(catchThrowableOfType(SealedException.class, () -> keys.decrypt("old", "AAAA", "f"))
                        .why())
                .isEqualTo(Cause.NOT_AUTHENTIC);
    }

    @Test
    void aKeyThatIsNotThereIsNamedWithTheFile() throws IOException {
        var keys = LocalKeys.in(file);
        assertThatThrownBy(() -> keys.decrypt("old", "AAAA", "f"))
                .hasMessage("there is no " + file + ": routers and workers need the same encryption.key-file");

        write(NEW);

        assertThatThrownBy(() -> keys.decrypt("old", "AAAA", "f"))
                .isInstanceOfSatisfying(
                        SealedException.class, e -> assertThat(e.why()).isEqualTo(Cause.KEY_NOT_FOUND))
                .hasMessage("key old is not in " + file + ": routers and workers need the same encryption.key-file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "old\n",
                "old c2hvcnQ=\n",
                "o/d AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
            })
    void aFileThatHoldsNoKeysIsRefusedAtStart(String text) throws IOException {
        write(text);

        assertThatThrownBy(() -> LocalKeys.madeIn(file, CLOCK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("c2hvcnQ=");
    }

    @Test
    void twoKeysOfOneNameAreRefused() throws IOException {
        write(OLD + OLD);

        assertThatThrownBy(() -> LocalKeys.madeIn(file, CLOCK)).hasMessageContaining("line 2");
    }

    @Test
    void aFileThatIsDamagedLaterDoesNotTakeAwayWhatWasRead() throws IOException {
        write(OLD);
        var keys = LocalKeys.madeIn(file, CLOCK);
        var key = keys.generate("f");

        for (var damaged : List.of("half a li", "")) {
            write(damaged);
            assertThat(keys.decrypt("old", key.encrypted(), "f")).isEqualTo(key.plain());
        }
    }
}
