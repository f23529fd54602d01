package io.kappa.router.api.layer;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.router.api.function.RequestShapes;
import io.kappa.router.api.shape.Shape.Bytes;
import io.kappa.router.api.shape.Shape.Member;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import io.kappa.router.registry.LayerPolicies;
import java.util.Arrays;

/** The requests on layers as the service model has them. */
final class LayerShapes {
    private static final Member LAYER = required(
            "LayerName",
            text(1, 140)
                    .matching("(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+"));

    /** That they count from 1 is a rule of the service. */
    private static final Member VERSION = required("VersionNumber", whole(Long.MIN_VALUE, Long.MAX_VALUE));

    private static final Text RUNTIME = choice(Arrays.stream(RuntimeIdentifier.values())
            .map(RuntimeIdentifier::wireName)
            .toArray(String[]::new));
    private static final Text ARCHITECTURE = choice("x86_64", "arm64");
    private static final Text STATEMENT = text(1, 100).matching("([a-zA-Z0-9-_]+)");
    private static final Member REVISION = member("RevisionId", text());

    private static final Member[] FILTERS = {
        member("CompatibleRuntime", RUNTIME),
        member("CompatibleArchitecture", ARCHITECTURE),
        RequestShapes.MARKER,
        member("MaxItems", whole(1, 50)),
    };

    static final Structure PUBLISH = structure(
            LAYER,
            member("Description", text(0, 256)),
            required(
                    "Content",
                    structure(
                            member("S3Bucket", text(3, 63).matching("[0-9A-Za-z\\.\\-_]*(?<!\\.)")),
                            member("S3Key", text(1, 1024)),
                            member("S3ObjectVersion", text(1, 1024)),
                            member("ZipFile", new Bytes()))),
            member("CompatibleRuntimes", listing(RUNTIME, 0, 15)),
            member("LicenseInfo", text(0, 512)),
            member("CompatibleArchitectures", listing(ARCHITECTURE, 0, 2)));

    /** GetLayerVersion, DeleteLayerVersion and GetLayerVersionPolicy. */
    static final Structure ONE_VERSION = structure(LAYER, VERSION);

    static final Structure BY_ARN = structure(required("Arn", RequestShapes.LAYER_VERSION_ARN));

    static final Structure LIST_LAYERS = structure(FILTERS);

    static final Structure LIST_VERSIONS = structure(FILTERS[0], LAYER, FILTERS[1], FILTERS[2], FILTERS[3]);

    static final Structure ADD_PERMISSION = structure(
            LAYER,
            VERSION,
            required("StatementId", STATEMENT),
            required("Action", text(0, 22).matching(LayerPolicies.ACTION)),
            required("Principal", text().matching("\\d{12}|\\*|arn:(aws[a-zA-Z-]*):iam::\\d{12}:root")),
            member("OrganizationId", text(0, 34).matching("o-[a-z0-9]{10,32}")),
            REVISION);

    static final Structure REMOVE_PERMISSION = structure(LAYER, VERSION, required("StatementId", STATEMENT), REVISION);

    private LayerShapes() {}
}
