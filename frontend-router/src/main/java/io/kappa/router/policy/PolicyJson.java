package io.kappa.router.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.PolicyRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Policies as Lambda writes them, inside a string of its answers. */
public final class PolicyJson {
    private static final JsonFactory JSON = new JsonFactory();

    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    public static String of(PolicyRecord policy) {
        return of(policy.statements(), policy.resource());
    }

    /** @param resource that all the statements are about */
    public static String of(List<PolicyRecord.Statement> statements, String resource) {
        return text(json -> {
            json.writeStartObject();
            json.writeStringField("Version", "2012-10-17");
            json.writeStringField("Id", "default");
            json.writeArrayFieldStart("Statement");
            for (var statement : statements) {
                write(json, statement, resource);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    public static String of(PolicyRecord.Statement statement, String resource) {
        return text(json -> write(json, statement, resource));
    }

    private static void write(JsonGenerator json, PolicyRecord.Statement statement, String resource)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("Sid", statement.sid());
        json.writeStringField("Effect", "Allow");
        if (statement.principal().equals("*")) {
            json.writeStringField("Principal", "*");
        } else {
            json.writeObjectFieldStart("Principal");
            json.writeStringField(statement.principal().startsWith("arn:") ? "AWS" : "Service", statement.principal());
            json.writeEndObject();
        }
        json.writeStringField("Action", statement.action());
        json.writeStringField("Resource", resource);
        writeConditions(json, statement);
        json.writeEndObject();
    }

    private static void writeConditions(JsonGenerator json, PolicyRecord.Statement statement) throws IOException {
        if (statement.conditions().isEmpty()) {
            return;
        }
        var byOperator = new LinkedHashMap<String, Map<String, String>>();
        for (var condition : statement.conditions()) {
            byOperator
                    .computeIfAbsent(condition.operator(), _ -> new LinkedHashMap<>())
                    .put(condition.key(), condition.value());
        }
        json.writeObjectFieldStart("Condition");
        for (var conditions : byOperator.entrySet()) {
            json.writeObjectFieldStart(conditions.getKey());
            for (var condition : conditions.getValue().entrySet()) {
                json.writeStringField(condition.getKey(), condition.getValue());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static String text(Body body) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return text.toString();
    }

    private PolicyJson() {}
}
