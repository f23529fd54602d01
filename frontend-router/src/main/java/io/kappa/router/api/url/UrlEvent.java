package io.kappa.router.api.url;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The event that a request to a function URL becomes: payload format 2.0.
 *
 * @param domainName host of the URL
 * @param account that the URL belongs to
 * @param caller who has signed the request; null where the URL is for everybody
 */
public record UrlEvent(
        UrlRequest request,
        String urlId,
        String domainName,
        String account,
        String requestId,
        String traceId,
        @Nullable UrlCaller caller,
        Instant time) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter CLF_TIME = DateTimeFormatter.ofPattern(
                    "dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** Payload of the invocation. */
    public Buffer toJson() {
        var bytes = new ByteArrayOutputStream(1024 + request.body().length());
        try (var json = JSON.createGenerator(bytes)) {
            write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    private void write(JsonGenerator json) throws IOException {
        var cookies = new ArrayList<String>();
        var headers = headers(cookies);
        json.writeStartObject();
        json.writeStringField("version", "2.0");
        json.writeStringField("routeKey", "$default");
        json.writeStringField("rawPath", request.path());
        json.writeStringField("rawQueryString", Objects.requireNonNullElse(request.query(), ""));
        if (!cookies.isEmpty()) {
            json.writeArrayFieldStart("cookies");
            for (var cookie : cookies) {
                json.writeString(cookie);
            }
            json.writeEndArray();
        }
        writeMap(json, "headers", headers);
        var parameters = queryParameters();
        if (!parameters.isEmpty()) {
            writeMap(json, "queryStringParameters", parameters);
        }
        json.writeObjectFieldStart("requestContext");
        writeContext(json, headers.getOrDefault("user-agent", ""));
        json.writeEndObject();
        writeBody(json, headers.get("content-type"));
        json.writeEndObject();
    }

    /** By lower-case name; of a name that came several times, all values. */
    private Map<String, String> headers(List<String> cookies) {
        var headers = new LinkedHashMap<String, String>();
        for (var header : request.headers()) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.equals("cookie")) {
                cookies.addAll(List.of(header.getValue().split(";\\s*")));
            } else if (!name.equals("authorization") || caller == null) {
                headers.merge(name, header.getValue(), (before, next) -> before + "," + next);
            }
        }
        headers.put("x-amzn-trace-id", traceId);
        headers.merge("x-forwarded-for", request.sourceIp(), (before, next) -> before + "," + next);
        headers.putIfAbsent("x-forwarded-port", Integer.toString(request.port()));
        headers.putIfAbsent("x-forwarded-proto", request.scheme());
        return headers;
    }

    private Map<String, String> queryParameters() {
        var parameters = new LinkedHashMap<String, String>();
        if (request.query() != null && !request.query().isEmpty()) {
            decoded(request.query()).forEach((name, values) -> parameters.put(name, String.join(",", values)));
        }
        return parameters;
    }

    private static Map<String, List<String>> decoded(String query) {
        try {
            return new QueryStringDecoder(query, false).parameters();
        } catch (IllegalArgumentException e) {
            return Map.of(); // Escapes that are none: the function has the raw query.
        }
    }

    private void writeContext(JsonGenerator json, String userAgent) throws IOException {
        json.writeStringField("accountId", caller == null ? "anonymous" : account);
        json.writeStringField("apiId", urlId);
        if (caller != null) {
            writeCaller(json, caller.accessKey());
        }
        json.writeStringField("domainName", domainName);
        json.writeStringField("domainPrefix", urlId);
        json.writeObjectFieldStart("http");
        json.writeStringField("method", request.method());
        json.writeStringField("path", request.path());
        json.writeStringField("protocol", request.protocol());
        json.writeStringField("sourceIp", request.sourceIp());
        json.writeStringField("userAgent", userAgent);
        json.writeEndObject();
        json.writeStringField("requestId", requestId);
        json.writeStringField("routeKey", "$default");
        json.writeStringField("stage", "$default");
        json.writeStringField("time", CLF_TIME.format(time));
        json.writeNumberField("timeEpoch", time.toEpochMilli());
    }

    /** Everybody who signs is the account itself: there are no users yet. */
    private void writeCaller(JsonGenerator json, String accessKey) throws IOException {
        json.writeNullField("authentication");
        json.writeObjectFieldStart("authorizer");
        json.writeObjectFieldStart("iam");
        json.writeStringField("accessKey", accessKey);
        json.writeStringField("accountId", account);
        json.writeStringField("callerId", account);
        json.writeNullField("cognitoIdentity");
        json.writeNullField("principalOrgId");
        json.writeStringField("userArn", "arn:aws:iam::" + account + ":root");
        json.writeStringField("userId", account);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeBody(JsonGenerator json, @Nullable String contentType) throws IOException {
        var body = request.body();
        var text = body.length() == 0 || !isText(contentType) ? null : text(body);
        if (text != null) {
            json.writeStringField("body", text);
        } else if (body.length() > 0) {
            json.writeBinaryField("body", body.getBytes());
        }
        json.writeBooleanField("isBase64Encoded", text == null && body.length() > 0);
    }

    private static boolean isText(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.startsWith("text/")
                || type.endsWith("+json")
                || type.endsWith("+xml")
                || switch (type) {
                    case "application/json", "application/xml", "application/javascript" -> true;
                    default -> false;
                };
    }

    /** Null where the bytes are no text that JSON could hold. */
    private static @Nullable String text(Buffer body) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes())).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static void writeMap(JsonGenerator json, String name, Map<String, String> map) throws IOException {
        json.writeObjectFieldStart(name);
        for (var entry : map.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }
}
