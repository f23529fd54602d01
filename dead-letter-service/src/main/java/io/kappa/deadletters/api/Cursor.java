package io.kappa.deadletters.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.kit.management.ManagementRefusal;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where a next page begins, as a text that nobody is invited to read. */
final class Cursor {

    static @Nullable String of(@Nullable String behind) {
        return behind == null ? null : Base64.getUrlEncoder().withoutPadding().encodeToString(behind.getBytes(UTF_8));
    }

    /** @throws ManagementRefusal where the cursor is none that was given out */
    static Optional<String> read(Optional<String> cursor, Predicate<String> valid) {
        try {
            var behind = cursor.map(text -> new String(Base64.getUrlDecoder().decode(text), UTF_8));
            if (behind.isEmpty() || valid.test(behind.get())) {
                return behind;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        throw ManagementRefusal.invalid("cursor is not one that an earlier page named");
    }

    private Cursor() {}
}
