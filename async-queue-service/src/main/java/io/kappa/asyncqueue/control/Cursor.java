package io.kappa.asyncqueue.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.kit.management.ManagementRefusal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ended: what comes or goes before it shifts nothing.
 *
 * @param after key of the last entry that was looked at; null where the page begins with the partition
 */
record Cursor(int partition, @Nullable String after) {

    static Cursor parse(String text) {
        try {
            var decoded = new String(Base64.getUrlDecoder().decode(text), UTF_8);
            int colon = decoded.indexOf(':');
            var after = decoded.substring(colon + 1);
            return new Cursor(Integer.parseInt(decoded.substring(0, colon)), after.isEmpty() ? null : after);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw ManagementRefusal.invalid("not a cursor that an earlier page has given");
        }
    }

    String text() {
        var written = partition + ":" + (after == null ? "" : after);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(written.getBytes(UTF_8));
    }
}
