package io.kappa.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.FunctionCode;

/** A deployment package made of files given as text. All files are executable. */
record DeploymentPackage(Map<String, byte[]> files) {
    DeploymentPackage {
        files = new TreeMap<>(files);
    }

    static DeploymentPackage of(String name, String content) {
        return new DeploymentPackage(Map.of(name, content.getBytes(StandardCharsets.UTF_8)));
    }

    DeploymentPackage with(String name, byte[] content) {
        var more = new TreeMap<>(files);
        more.put(name, content);
        return new DeploymentPackage(more);
    }

    byte[] zip() {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipArchiveOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                var entry = new ZipArchiveEntry(file.getKey());
                entry.setUnixMode(0100755);
                zip.putArchiveEntry(entry);
                zip.write(file.getValue());
                zip.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    FunctionCode code() {
        return FunctionCode.builder().zipFile(SdkBytes.fromByteArray(zip())).build();
    }
}
