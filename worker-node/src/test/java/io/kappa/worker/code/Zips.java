package io.kappa.worker.code;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Makes archives, those that nobody honest would make included. */
final class Zips {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ZipArchiveOutputStream out = new ZipArchiveOutputStream(bytes);

    Zips file(String name, String content) {
        return entry(name, UnixStat.FILE_FLAG | 0644, content);
    }

    Zips file(String name, int mode, String content) {
        return entry(name, UnixStat.FILE_FLAG | mode, content);
    }

    Zips fileWithoutMode(String name, String content) {
        return entry(name, 0, content);
    }

    Zips directory(String name, int mode) {
        return entry(name + "/", UnixStat.DIR_FLAG | mode, "");
    }

    Zips link(String name, String target) {
        return entry(name, UnixStat.LINK_FLAG | 0777, target);
    }

    private Zips entry(String name, int mode, String content) {
        try {
            var entry = new ZipArchiveEntry(name);
            if (mode != 0) {
                entry.setUnixMode(mode);
            }
            out.putArchiveEntry(entry);
            out.write(content.getBytes(StandardCharsets.UTF_8));
            out.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes() {
        try {
            out.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
