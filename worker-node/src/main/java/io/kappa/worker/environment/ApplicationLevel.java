package io.kappa.worker.environment;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kappa.contracts.function.LoggingConfiguration;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The least level of what a function prints in Lambda's JSON format: lines that are JSON objects of a lower {@code level} are left out,
 * whoever has written them. An object without a level that is known counts as INFO, and what is no object is never left out.
 */
final class ApplicationLevel {
    private static final JsonFactory JSON = new JsonFactory();

    private final Level least;
    private final boolean ofJson;

    private enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR,
        FATAL
    }

    private ApplicationLevel(Level least, boolean ofJson) {
        this.least = least;
        this.ofJson = ofJson;
    }

    static ApplicationLevel of(LoggingConfiguration logging) {
        return logging.format().equals("JSON")
                ? new ApplicationLevel(level(logging.applicationLevel()), true)
                : new ApplicationLevel(Level.TRACE, false);
    }

    /** Whether the function logs in JSON. */
    boolean ofJson() {
        return ofJson;
    }

    private static Level level(@Nullable String name) {
        return switch (name == null ? "" : name.toUpperCase(Locale.ROOT)) {
            case "TRACE" -> Level.TRACE;
            case "DEBUG" -> Level.DEBUG;
            case "WARN", "WARNING" -> Level.WARN;
            case "ERROR" -> Level.ERROR;
            case "FATAL", "CRITICAL" -> Level.FATAL;
            default -> Level.INFO;
        };
    }

    /** Whether there is anything that does not count. */
    boolean leavesOut() {
        return least != Level.TRACE;
    }

    boolean counts(String line) {
        return !leavesOut() || !line.startsWith("{") || atLeast(line);
    }

    private boolean atLeast(String line) {
        try (var json = JSON.createParser(line)) {
            return level(found(json)).compareTo(least) >= 0;
        } catch (IOException e) {
            return true; // No object, after all.
        }
    }

    /** The level of an object, once it is known to be one. */
    private static @Nullable String found(JsonParser json) throws IOException {
        String level = null;
        json.nextToken();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            boolean isLevel = json.currentName().equals("level");
            if (json.nextToken() == JsonToken.VALUE_STRING && isLevel) {
                level = json.getText();
            } else {
                json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw new IOException("more than one value");
        }
        return level;
    }
}
