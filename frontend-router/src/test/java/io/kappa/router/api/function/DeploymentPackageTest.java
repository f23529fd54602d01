package io.kappa.router.api.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentPackageTest {
    private static final String UNREADABLE =
            "Could not unzip uploaded file. Please check your file, then try to upload again.";

    private static byte[] zip(int contentBytes, String... names) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(new byte[contentBytes]);
            }
        }
        return bytes.toByteArray();
    }

    private static void assertRefused(byte[] zip, String message) {
        var refusal = catchThrowableOfType(LambdaApiException.class, () -> DeploymentPackage.check(zip, 10_000, 2_000));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER_VALUE);
        assertThat(refusal).hasMessage(message);
    }

    @Test
    void takesAZip() throws IOException {
        var zip = zip(1000, "index.py", "lib/");
        assertThatCode(() -> DeploymentPackage.check(zip, 10_000, 2_000)).doesNotThrowAnyException();
    }

    @Test
    void refusesWhatIsNoZip() {
        assertRefused("def handler".getBytes(StandardCharsets.UTF_8), UNREADABLE);
    }

    @Test
    void refusesAZipThatBreaksOff() throws IOException {
        var zip = zip(1000, "index.py");
        assertRefused(Arrays.copyOf(zip, zip.length - 10), UNREADABLE);
    }

    @Test
    void refusesAZipWhoseContentIsDamaged() throws IOException {
        var zip = zip(1000, "index.py");
        Arrays.fill(zip, 40, 44, (byte) 0xff);
        assertRefused(zip, UNREADABLE);
    }

    @Test
    void refusesAZipThatWouldWriteElsewhere() throws IOException {
        for (var name : List.of("../x", "a/../../x", "/etc/x", "a/../..", "a/..")) {
            assertRefused(zip(1, name), UNREADABLE);
        }
        assertThatCode(() -> DeploymentPackage.check(zip(1, "a/../x", "..x"), 10_000, 2_000))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesLinksThatLeadOut() throws IOException {
        for (var target : List.of("../../x", "/etc/passwd", "x".repeat(4097))) {
            assertRefused(link("a/link", target), UNREADABLE);
        }
        assertThatCode(() -> DeploymentPackage.check(link("a/link", "../b"), 10_000, 2_000))
                .doesNotThrowAnyException();
    }

    /** A zip of files, links, which are written {@code name -> target}, and directories, which end with a slash. */
    private static byte[] tree(String... entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipArchiveOutputStream(bytes)) {
            for (var text : entries) {
                var parts = text.split(" -> ");
                var entry = new ZipArchiveEntry(parts[0]);
                if (parts.length == 2) {
                    entry.setUnixMode(UnixStat.LINK_FLAG | 0777);
                }
                zip.putArchiveEntry(entry);
                if (!entry.isDirectory()) {
                    zip.write((parts.length == 2 ? parts[1] : "content").getBytes(StandardCharsets.UTF_8));
                }
                zip.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void refusesLinksThatLeadOutThroughOthers() throws IOException {
        assertRefused(tree("a/b/up -> ..", "out -> a/b/up/../../x"), UNREADABLE);
        assertRefused(tree("a/b/c/up -> ../..", "x -> a/b/c/up/y", "a/y -> ../a/b/c/up/../../z"), UNREADABLE);
        assertTaken(tree(
                "a/b/up -> ..", "in -> a/b/up/../x", "round -> square", "square -> round", "gone -> nowhere/at/all"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a|a/b",
                "a/b|a",
                "a/|a",
                "a|a/",
                "a|a -> b",
                "a -> b|a",
                "a -> b|a -> b",
                "lib -> other|lib/x",
                "./a|b/../a/c",
            })
    void refusesTwoThingsOfOneName(String entries) throws IOException {
        assertRefused(tree(entries.split("\\|")), UNREADABLE);
    }

    @Test
    void takesAFileAndADirectoryTwiceAsUnzippingDoes() throws IOException {
        assertTaken(tree("a", "./a", "d/", "d/x", "d/"));
    }

    @Test
    void refusesNamesThatNoFileSystemTakes() throws IOException {
        assertTaken(tree("n".repeat(255)));
        assertRefused(tree("n".repeat(256)), UNREADABLE);
        assertRefused(tree("ä".repeat(128) + "/x"), UNREADABLE);
        assertRefused(tree("d/".repeat(2000) + "x"), UNREADABLE);
        assertRefused(tree("a\0b"), UNREADABLE);
    }

    @Test
    void refusesMoreDirectoriesThanAnybodyMeans() throws IOException {
        var deep = new String[60];
        Arrays.setAll(deep, i -> i + "/d".repeat(1700) + "/x");
        assertThatCode(() -> DeploymentPackage.check(tree(deep[0]), 1_000_000, 2_000))
                .doesNotThrowAnyException();
        var zip = tree(deep);
        assertThat(catchThrowableOfType(LambdaApiException.class, () -> DeploymentPackage.check(zip, 1_000_000, 2_000)))
                .hasMessage(UNREADABLE);
    }

    @Test
    void refusesContentThatIsNotWhatItsChecksumIsOf() throws IOException {
        var zip = zip(1000, "index.py");
        for (int i = zip.length - 4; i >= 0; i--) { // In the central directory, which is what counts.
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
                zip[i + 16] ^= 1;
            }
        }
        assertRefused(zip, UNREADABLE);
    }

    @Test
    void refusesEncryptedContent() throws IOException {
        var zip = tree("index.py");
        for (int i = 0; i < zip.length - 4; i++) {
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 3) {
                zip[i + 6] |= 1;
            } else if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1) {
                zip[i + 8] |= 1;
            }
        }
        assertRefused(zip, UNREADABLE);
    }

    private static void assertTaken(byte[] zip) {
        assertThatCode(() -> DeploymentPackage.check(zip, 10_000, 2_000)).doesNotThrowAnyException();
    }

    private static byte[] link(String name, String target) throws IOException {
        return tree(name + " -> " + target);
    }

    @Test
    void countsTheBytesOfTheFiles() throws IOException {
        assertThat(DeploymentPackage.check(zip(900, "a", "b"), 10_000, 2_000)).isEqualTo(1800);
    }

    @Test
    void refusesAnEmptyZip() throws IOException {
        assertRefused(new byte[0], "Uploaded file must be a non-empty zip");
        assertRefused(zip(0), "Uploaded file must be a non-empty zip");
    }

    @Test
    void countsWhatComesOutOfAZipRatherThanBelievingIt() throws IOException {
        assertRefused(zip(1001, "a", "b"), "Unzipped size must be smaller than 2000 bytes");
    }

    @Test
    void refusesAZipThatIsTooLargeByItself() {
        var refusal =
                catchThrowableOfType(LambdaApiException.class, () -> DeploymentPackage.check(new byte[101], 100, 100));
        assertThat(refusal.code()).isEqualTo(ErrorCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(refusal).hasMessage("Zipped size must be smaller than 100 bytes");
    }
}
