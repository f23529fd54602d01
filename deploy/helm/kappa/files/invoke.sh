# Creates, invokes and deletes a function through the router at $1. Needs a shell, curl and base64.
set -eu
router=$1/2015-03-31/functions
name=helm-test-$$-$(date +%s)

# A zip with app.py: def handler(event, context): return {"greeting": "Hello, " + event["name"]}
zip=UEsDBBQAAAAIAAAAIVyvgeejTQAAAFAAAAAGAAAAYXBwLnB5S0lNU8hIzEvJSS3SSC1LzSvRUUjOzytJrSjRtOJSAIKi1JLSojyFaqX0otTUksy8dCUrBSWP1JycfB0FJQVtBbCmaKW8xNxUpdhaLgBQSwECFAMUAAAACAAAACFcr4Hno00AAABQAAAABgAAAAAAAAAAAAAApAEAAAAAYXBwLnB5UEsFBgAAAAABAAEANAAAAHEAAAAAAA==

call() {
    curl --silent --show-error --fail-with-body --max-time 30 --user any:any --aws-sigv4 aws:amz:us-east-1:lambda "$@"
}

trap 'call --request DELETE "$router/$name" || true' EXIT
call --json "{\"FunctionName\": \"$name\", \"Runtime\": \"python3.13\", \"Handler\": \"app.handler\",
    \"Role\": \"arn:aws:iam::000000000000:role/any\", \"Code\": {\"ZipFile\": \"$zip\"}}" "$router"
echo

tries=0
until call "$router/$name" | grep -q '"State": *"Active"'; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "the function has not become Active" >&2; exit 1; }
    sleep 1
done

answer=$(call --json '{"name": "Ada"}' "$router/$name/invocations")
echo "$answer"
[ "$answer" = '{"greeting": "Hello, Ada"}' ] || [ "$answer" = '{"greeting":"Hello, Ada"}' ]
