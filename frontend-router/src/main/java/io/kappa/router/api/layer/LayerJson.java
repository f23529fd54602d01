package io.kappa.router.api.layer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.router.api.function.ConfigurationJson;
import java.io.IOException;
import java.util.List;

/** Layers as the API writes them. What was not given is left out, but for the description. */
final class LayerJson {

    /** @param location where the content can be fetched */
    static void write(JsonGenerator json, LayerVersionRecord version, String location) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("Content");
        json.writeStringField("Location", location);
        json.writeStringField("CodeSha256", version.code().sha256Base64());
        json.writeNumberField("CodeSize", version.code().size());
        json.writeEndObject();
        json.writeStringField("LayerArn", version.version().layer().toString());
        writeMembers(json, version);
        json.writeEndObject();
    }

    /** Without the content, as lists show it. */
    static void writeListed(JsonGenerator json, LayerVersionRecord version) throws IOException {
        json.writeStartObject();
        writeMembers(json, version);
        json.writeEndObject();
    }

    private static void writeMembers(JsonGenerator json, LayerVersionRecord version) throws IOException {
        json.writeStringField("LayerVersionArn", version.version().toString());
        json.writeNumberField("Version", version.version().version());
        json.writeStringField("Description", version.description());
        json.writeStringField("CreatedDate", ConfigurationJson.time(version.created()));
        writeTexts(json, "CompatibleRuntimes", version.compatibleRuntimes());
        if (version.license() != null) {
            json.writeStringField("LicenseInfo", version.license());
        }
        writeTexts(json, "CompatibleArchitectures", version.compatibleArchitectures());
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        if (texts.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(name);
        for (var text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private LayerJson() {}
}
