package io.kappa.access.object;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** Names the objects that tell of failures as Lambda names them. */
public final class FailureObject {
    private static final DateTimeFormatter DAY = format("yyyy/MM/dd");
    private static final DateTimeFormatter SECOND = format("yyyy-MM-dd'T'HH.mm.ss");

    /**
     * The key of an object.
     *
     * @param origin what failed, such as {@code async/orders}
     * @param id random with Lambda; here always the same of one failure, so that writing twice leaves one object
     */
    public static String key(String origin, Instant failed, UUID id) {
        return "aws/lambda/" + origin + "/" + DAY.format(failed) + "/" + SECOND.format(failed) + "-" + id;
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    private FailureObject() {}
}
