package io.kappa.router.api.url;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;

import io.kappa.router.api.function.RequestShapes;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Listing;
import io.kappa.router.api.shape.Shape.Member;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;

/** The requests on function URLs as the service model has them. */
final class UrlShapes {
    static final Text QUALIFIER = text(1, 128).matching("((?!^\\d+$)^[0-9a-zA-Z-_]+$)");

    private static final Listing HEADERS = listing(text(0, 1024).matching(".*"), 0, 100);

    private static final Member CORS = member(
            "Cors",
            structure(
                    member("AllowCredentials", new Flag()),
                    member("AllowHeaders", HEADERS),
                    member("AllowMethods", listing(text(0, 6).matching(".*"), 0, 6)),
                    member("AllowOrigins", listing(text(1, 253).matching(".*"), 0, 100)),
                    member("ExposeHeaders", HEADERS),
                    member("MaxAge", whole(0, 86_400))));
    private static final Member INVOKE_MODE = member("InvokeMode", choice("BUFFERED", "RESPONSE_STREAM"));

    static final Structure CREATE = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", RequestShapes.CHANGE_NAME),
            required("AuthType", choice("NONE", "AWS_IAM")),
            CORS,
            INVOKE_MODE);

    static final Structure UPDATE = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", RequestShapes.CHANGE_NAME),
            member("AuthType", choice("NONE", "AWS_IAM")),
            CORS,
            INVOKE_MODE);

    /** GetFunctionUrlConfig and DeleteFunctionUrlConfig. */
    static final Structure ONE =
            structure(member("Qualifier", QUALIFIER), required("FunctionName", RequestShapes.CHANGE_NAME));

    static final Structure LIST = structure(
            required("FunctionName", RequestShapes.CHANGE_NAME),
            RequestShapes.MARKER,
            member("MaxItems", whole(1, 50)));

    private UrlShapes() {}
}
