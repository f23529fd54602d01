package io.kappa.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.kit.management.ManagementApi;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The description that a service gives of its management API, to be compared with what the service mounts, reads and writes. Modules whose
 * tests look at one name the parser as a dependency themselves.
 */
public final class OpenApiDescription {
    private final String text;
    private final JsonNode json;

    private OpenApiDescription(String text, JsonNode json) {
        this.text = text;
        this.json = json;
    }

    /** @param resource as {@link Class#getResourceAsStream} takes it */
    public static OpenApiDescription of(Class<?> owner, String resource) {
        try (var in = Objects.requireNonNull(owner.getResourceAsStream(resource), resource)) {
            var text = new String(in.readAllBytes(), UTF_8);
            return new OpenApiDescription(text, ManagementApi.JSON.readTree(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a parser that knows OpenAPI objects to; empty where nothing is wrong. */
    public List<String> problems() {
        var options = new ParseOptions();
        options.setResolve(true);
        return new OpenAPIV3Parser().readContents(text, null, options).getMessages();
    }

    /** Each as {@link #operation} writes it. */
    public Set<String> operations() {
        var found = new TreeSet<String>();
        json.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> found.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return found;
    }

    /** @param path of a route as it is mounted, with a colon before each parameter */
    public static String operation(HttpMethod method, String path) {
        return method.name() + " " + path.replaceAll(":(\\w+)", "{$1}");
    }

    /** Names of the members that a schema describes. */
    public Set<String> members(String schema) {
        var found = new TreeSet<String>();
        json.at("/components/schemas")
                .path(schema)
                .path("properties")
                .fieldNames()
                .forEachRemaining(found::add);
        return found;
    }

    /** Names of the members that a record is read from or written as. */
    public static Set<String> membersOf(Class<? extends Record> type) {
        var found = new TreeSet<String>();
        Arrays.stream(type.getRecordComponents()).forEach(component -> found.add(component.getName()));
        return found;
    }
}
