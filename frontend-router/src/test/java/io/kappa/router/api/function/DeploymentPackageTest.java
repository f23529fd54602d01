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

class DeploymentPackageTest {

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
        assertRefused(
                "def handler".getBytes(StandardCharsets.UTF_8),
                "Could not unzip uploaded file. Please check your file, then try to upload again.");
    }

    @Test
    void refusesAZipThatBreaksOff() throws IOException {
        var zip = zip(1000, "index.py");
        assertRefused(
                Arrays.copyOf(zip, zip.length - 10),
                "Could not unzip uploaded file. Please check your file, then try to upload again.");
    }

    @Test
    void refusesAZipWhoseContentIsDamaged() throws IOException {
        var zip = zip(1000, "index.py");
        Arrays.fill(zip, 40, 44, (byte) 0xff);
        assertRefused(zip, "Could not unzip uploaded file. Please check your file, then try to upload again.");
    }

    @Test
    void refusesAZipThatWouldWriteElsewhere() throws IOException {
        for (var name : List.of("../x", "a/../../x", "/etc/x", "a/../..", "a/..")) {
            assertRefused(
                    zip(1, name), "Could not unzip uploaded file. Please check your file, then try to upload again.");
        }
        assertThatCode(() -> DeploymentPackage.check(zip(1, "a/../x", "..x"), 10_000, 2_000))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesLinksThatLeadOut() throws IOException {
        for (var target : List.of("../../x", "/etc/passwd", "", "x".repeat(4097))) {
            assertRefused(
                    link("a/link", target),
                    "Could not unzip uploaded file. Please check your file, then try to upload again.");
        }
        assertThatCode(() -> DeploymentPackage.check(link("a/link", "../b"), 10_000, 2_000))
                .doesNotThrowAnyException();
    }

    private static byte[] link(String name, String target) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipArchiveOutputStream(bytes)) {
            var entry = new ZipArchiveEntry(name);
            entry.setUnixMode(UnixStat.LINK_FLAG | 0777);
            zip.putArchiveEntry(entry);
            zip.write(target.getBytes(StandardCharsets.UTF_8));
            zip.closeArchiveEntry();
        }
        return bytes.toByteArray();
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
