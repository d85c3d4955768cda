//! What must not survive, and what must.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(pairs: &[(&str, &str)], expect: Expect) {
    let shown: String = pairs.iter().map(|(key, text)| format!("{key}={}\n", value(key, text))).collect();
    expect.assert_eq(&shown);
}

#[test]
fn keys_that_name_a_credential() {
    for key in [
        "PASSWORD",
        "POSTGRES_PASSWORD",
        "spring.datasource.password",
        "MYSQL_PWD",
        "PGPASSWORD",
        "db.passwd",
        "dbPassword",
        "mysqlpassword",
        "API_KEY",
        "apiKey",
        "X-Api-Key",
        "APIKEY",
        "access_key",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "private-key",
        "client_secret",
        "clientSecret",
        "SECRET",
        "SECRET_KEY_BASE",
        "JWT_SECRET",
        "TOKEN",
        "GITHUB_TOKEN",
        "auth.token",
        "credentials",
        "REDIS_AUTH",
        "Authorization",
        "ERLANG_COOKIE",
        "SALT",
        "passphrase",
        "signature",
        "DB_PASSWORD_PROD",
        "passwords[0]",
        "secret.value",
        "AccountKey",
        "SharedAccessKey",
        "--db-password",
        "MINIO_ROOT_PASSWORD",
        "DB_PASS",
        "encryptionKey",
        "SESSION_KEY",
        "requirepass",
        "default_pass",
    ] {
        assert!(is_secret_key(key), "{key}");
        assert_eq!(value(key, "hunter2x"), REDACTED, "{key}");
    }
}

#[test]
fn keys_that_only_speak_of_one() {
    for key in [
        "SECRET_NAME",
        "PASSWORD_FILE",
        "TOKEN_URL",
        "AUTH_ENABLED",
        "TOKEN_TTL",
        "secretName",
        "PASSWORD_MIN_LENGTH",
        "auth.provider",
        "COOKIE_DOMAIN",
        "API_KEY_HEADER",
        "AUTH_SERVICE_ADDR",
        "TOKEN_SERVICE",
        "private_key_path",
        "jwt.issuer",
        "CACHE_KEY",
        "ROUTING_KEY",
        "partition.key",
        "MAX_TOKENS",
        "proxy_pass",
        "grpc_pass",
        "bypass",
        "credentials_provider",
        "SECRET_ARN",
        "password-encoder",
        "username",
        "keyspace",
        "HOST",
        "compass",
        "author",
        "authority",
        "passenger",
        "tokenizer",
        "monkey",
        "secretary.name",
    ] {
        assert!(!is_secret_key(key), "{key}");
    }
}

#[test]
fn values_under_secret_keys_that_are_kept() {
    let pairs = [
        ("PASSWORD", "${DB_PASSWORD}"),
        ("PASSWORD", "$(DB_PASSWORD)"),
        ("PASSWORD", "{{ .Values.password }}"),
        ("TOKEN", "true"),
        ("TOKEN", "12345"),
        ("PASSWORD", ""),
        ("PASSWORD", "null"),
        ("SECRET", "/run/secrets/db"),
        ("PWD", "/app"),
        ("AUTH", "basic"),
        ("auth", "http://auth:8080/login"),
        ("services.auth", "auth-service:8080"),
        ("TOKEN", "https://auth/token"),
        ("PASSWORD", "$DB_PASSWORD"),
        ("secret", "./certs/key.pem"),
    ];
    for (key, text) in pairs {
        assert_eq!(value(key, text), text, "{key}");
    }
}

#[test]
fn secrets_inside_of_values() {
    check(
        &[
            ("URL", "postgres://user:hunter2@db:5432/orders"),
            ("URL", "amqp://u:p@a:1,u:p@b:2/v"),
            ("URL", "mongodb://u:pa/s#s@a,b/db"),
            ("URL", "redis://:hunter2@cache:6379"),
            ("URL", "https://abc123@sentry.io/1"),
            ("URL", "http://${USER}:${PASSWORD}@db"),
            ("URL", "http://${USER:-u}:${PASSWORD:-hunter2}@db"),
            ("URL", "http://a/?token=hunter2&x=1"),
            ("URL", "http://gw/?next=http://u:hunter2@b/"),
            ("DSN", "user:hunter2@tcp(db:3306)/orders"),
            ("DSN", "jdbc:oracle:thin:scott/tiger@ora:1521:XE"),
            ("DSN", "guest:guest@rabbitmq:5672"),
            ("CS", "Server=db;Database=x;User Id=sa;Password=Pass word,1;Encrypt=true"),
            ("CS", "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=abc="),
            ("CS", "redis:6379,password=hunter2,ssl=True"),
            ("CS", "host=db user=u password=hunter2 dbname=x"),
            ("CS", "jdbc:mysql://db/x?user=u&password=hunter2"),
            ("JAAS", "org.x.Login required username=\"u\" password=\"hunter2\";"),
            ("HEADER", "Authorization: Bearer abc123def456"),
            ("HEADER", "Basic dXNlcjpodW50ZXIy"),
            ("JSON", "{\"user\": \"u\", \"password\": \"hunter2\", \"port\": 80}"),
            ("JSON", "{\\\"password\\\":\\\"hunter2\\\"}"),
            ("XML", "<user>u</user><password>hunter2</password>"),
            ("YAML", "user: u\npassword: hunter2\nhost: db\n"),
            ("INI", "user = u\npassword = hunter2\nhost = db\n"),
            ("SQL", "CREATE USER u IDENTIFIED BY 'hunter2'; CREATE USER v PASSWORD 'hunter2'"),
            ("CONF", "port 6379\nrequirepass hunter2\n"),
            ("CMD", "server --db-password hunter2 --port 80"),
            ("CMD", "server --password=hunter2 --port=80"),
            ("CMD", "mysql -hdb -uroot -phunter2 -e 'select 1'"),
            ("CMD", "mongosh -u root -p hunter2 --port 27017"),
            ("CMD", "redis-cli -a hunter2 ping"),
            ("CMD", "curl -u user:hunter2 http://orders"),
            ("CMD", "psql -h db -p 5432 -U u"),
            ("CMD", "PGPASSWORD=hunter2 psql -h db"),
            ("CMD", "[\"server\",\"--db-password\",\"hunter2\",\"--port\",\"80\"]"),
            ("AWS", "AKIAIOSFODNN7EXAMPLE"),
            ("GH", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
            ("SLACK", "https://hooks.slack.com/services/T0000/B0000/XXXXXXXX"),
            ("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"),
            ("PEM", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nafter"),
            ("USERS", "admin:$apr1$abcdefgh$0123456789abcdef"),
            ("KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("KEY", "d41d8cd98f00b204e9800998ecf8427e"),
        ],
        expect![[r#"
            URL=postgres://<redacted>@db:5432/orders
            URL=amqp://<redacted>@a:1,<redacted>@b:2/v
            URL=mongodb://<redacted>@a,b/db
            URL=redis://<redacted>@cache:6379
            URL=https://<redacted>@sentry.io/1
            URL=http://${USER}:${PASSWORD}@db
            URL=http://<redacted>@db
            URL=http://a/?token=<redacted>&x=1
            URL=http://gw/?next=http://<redacted>@b/
            DSN=<redacted>@tcp(db:3306)/orders
            DSN=jdbc:oracle:thin:<redacted>@ora:1521:XE
            DSN=<redacted>@rabbitmq:5672
            CS=Server=db;Database=x;User Id=sa;Password=<redacted>;Encrypt=true
            CS=Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=<redacted>
            CS=redis:6379,password=<redacted>,ssl=True
            CS=host=db user=u password=<redacted> dbname=x
            CS=jdbc:mysql://db/x?user=u&password=<redacted>
            JAAS=org.x.Login required username="u" password="<redacted>";
            HEADER=Authorization: <redacted>
            HEADER=Basic <redacted>
            JSON={"user": "u", "password": "<redacted>", "port": 80}
            JSON={\"password\":\"<redacted>\"}
            XML=<user>u</user><password><redacted></password>
            YAML=user: u
            password: <redacted>
            host: db

            INI=user = u
            password = <redacted>
            host = db

            SQL=CREATE USER u IDENTIFIED BY '<redacted>'; CREATE USER v PASSWORD '<redacted>'
            CONF=port 6379
            requirepass <redacted>

            CMD=server --db-password <redacted> --port 80
            CMD=server --password=<redacted> --port=80
            CMD=mysql -hdb -uroot -p<redacted> -e 'select 1'
            CMD=mongosh -u root -p <redacted> --port 27017
            CMD=redis-cli -a <redacted> ping
            CMD=curl -u <redacted> http://orders
            CMD=psql -h db -p 5432 -U u
            CMD=PGPASSWORD=<redacted> psql -h db
            CMD=["server","--db-password","<redacted>","--port","80"]
            AWS=<redacted>
            GH=<redacted>
            SLACK=https://hooks.slack.com/services/<redacted>
            JWT=<redacted>
            PEM=<redacted>
            after
            USERS=admin:<redacted>
            KEY=<redacted>
            KEY=<redacted>
        "#]],
    );
}

#[test]
fn ordinary_values_survive() {
    let values = [
        "",
        "a",
        "orders",
        "http://orders:8080/api/v1?x=1&y=2",
        "orders.shop.svc.cluster.local:7070",
        "k1:9092,k2:9092",
        "jdbc:postgresql://db:5432/orders?ssl=true",
        "Server=db;Database=x;Integrated Security=true",
        "/var/lib/postgresql/data",
        "registry.acme.com/team/orders:1.2.3",
        "acme/orders@sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
        "acme/orders:4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "123e4567-e89b-12d3-a456-426614174000",
        "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
        "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy",
        "com.acme.orders.infrastructure.persistence.OrderRepositoryImplV2",
        "2024-01-02T12:30:00Z",
        "-Xms256m -Xmx512m -XX:+UseG1GC -Djava.security.egd=file:/dev/./urandom",
        "%d{yyyy-MM-dd HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg%n",
        "a@b.com",
        "git@github.com:acme/orders.git",
        "SELECT * FROM orders WHERE id = 1",
        "application/vnd.acme.orders.v2+json;charset=utf-8",
        "0 0/5 * * * ?",
        "server orders:80 weight=5;",
        "proxy_pass http://orders:80/;",
        "until nc -z rabbitmq 5672; do sleep 3; done",
        "psql -h db -p 5432 -U orders",
        "mkdir -p /data/orders",
        "docker run -p 8080:80 orders",
        "nginx -g 'daemon off;'",
        "python -m gunicorn app:app -b 0.0.0.0:8080 -w 4",
        "npm run start:prod",
        "https://medium.com/@someone/post",
        "@acme/orders",
        "user:1000",
        "1000:1000",
        "eu-west-1",
        "arn:aws:sqs:eu-west-1:123456789012:orders-events",
        "basic authentication is required",
        "bearer of good news",
        "/api/v1/orders/{orderId}/items",
        "true",
        "8080",
        "100m",
        "512Mi",
        "my-very-long-deployment-name-for-the-orders-service-in-production-2",
        "AbstractSingletonProxyFactoryBeanDefinitionParserV2Factory",
        "ACMEChallengeSolverHTTP01IngressPodSpecTemplateV1",
        "PLAINTEXT://kafka:9092,EXTERNAL://kafka:29092",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "GET,POST,PUT,DELETE,OPTIONS",
        "Content-Type,Authorization,X-Requested-With",
        "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC",
        "https://github.com/acme/orders/commit/4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "/srv/runner/work/orders/orders/services/PaymentServiceV2/src/main/Resources/Config1",
        "host=db port=5432 user=orders dbname=orders",
        "token bucket",
        "password",
        "secret",
        "max_tokens=4096",
        "auth=basic",
        "scope=openid profile",
        "redis://cache:6379/0",
        "lb://orders",
        "${DB_PASSWORD}",
        "http://${HOST}:${PORT}/",
    ];
    let changed: Vec<String> = values
        .iter()
        .filter(|text| value("SOME_SETTING", text) != **text)
        .map(|text| format!("{text} → {}", value("SOME_SETTING", text)))
        .collect();
    assert_eq!(changed, Vec::<String>::new());
}

/// Twelve sorts of secrets: (the value as it stands in a file, the part that must not survive).
#[rustfmt::skip]
const SECRETS: &[(&str, &str)] = &[
    ("postgres://u:Zq7-hunter-2@db/x", "Zq7-hunter-2"),
    ("Server=db;Database=x;Password=Zq7-hunter-2;", "Zq7-hunter-2"),
    ("AKIAZQ7HUNTER2EXAMPL", "AKIAZQ7HUNTER2EXAMPL"), ("ghp_Zq7hunter2Zq7hunter2Zq7hunter2Zq7h", "Zq7hunter2"),
    ("xoxb-1234567890-Zq7hunter2", "Zq7hunter2"), ("sk_live_Zq7hunter2Zq7hunter2", "Zq7hunter2"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJacTdodW50ZXIyIn0.Zq7hunter2", "Zq7hunter2"),
    ("-----BEGIN RSA PRIVATE KEY-----\nZq7hunter2\n-----END RSA PRIVATE KEY-----", "Zq7hunter2"),
    ("Authorization: Bearer Zq7hunter2", "Zq7hunter2"), ("mysql -uroot -pZq7hunter2 orders", "Zq7hunter2"),
    ("wJalrXUtnFEMI7K7MDENGbPxRfiCYZq7hunter2KEY", "Zq7hunter2"),
    ("admin:$2y$10$Zq7hunter2Zq7hunter2Zq7hunter2", "Zq7hunter2"),
];

proptest! {
    #[test]
    fn planted_secrets_do_not_survive(which in 0..SECRETS.len(), before in "(|a |x=1 |\\n|\"|- |key: )", after in "(| b|\"|\\n|; c| )", key in "[A-Z_]{0,8}") {
        let (text, secret) = SECRETS[which];
        let planted = format!("{before}{text}{after}");
        prop_assert!(!value(&key, &planted).contains(secret), "{}", value(&key, &planted));
    }

    #[test]
    fn redacting_twice_changes_nothing(text in "[ -~]{0,60}", key in "[A-Za-z_]{0,12}") {
        let once = value(&key, &text).into_owned();
        prop_assert_eq!(value(&key, &once), once.as_str());
    }

    #[test]
    fn no_text_panics(parts in proptest::collection::vec(proptest::sample::select(&["password", "=", ":", " ", "\"", "'", "\\", ";", "é", "@", "://", "-p", "mysql", "<token>", "</", ">", "Bearer ", "-----BEGIN ", "$2y$", "${", "}", "ghp_", "\n", "eyJ", "a/b", "{", ",", "identified by "][..]), 0..14), key in "[a-z]{0,4}") {
        let text = parts.concat();
        let _ = value(&key, &text);
        let _ = words(&parts.iter().map(|part| part.to_string()).collect::<Vec<_>>());
    }
}

#[test]
fn words_after_flags() {
    let shown = |list: &[&str]| words(&list.iter().map(|word| word.to_string()).collect::<Vec<_>>()).join(" ");
    assert_eq!(shown(&["app", "--password", "hunter2", "--port", "80"]), "app --password <redacted> --port 80");
    assert_eq!(shown(&["app", "--password=hunter2"]), "app --password=<redacted>");
    assert_eq!(shown(&["mysqladmin", "-uroot", "-phunter2", "ping"]), "mysqladmin -uroot -p<redacted> ping");
    assert_eq!(shown(&["redis-server", "--requirepass", "hunter2"]), "redis-server --requirepass <redacted>");
    assert_eq!(shown(&["pg_isready", "-h", "db", "-p", "5432"]), "pg_isready -h db -p 5432");
    assert_eq!(shown(&["app", "--token-url", "http://auth/token"]), "app --token-url http://auth/token");
    assert_eq!(shown(&["app", "--password", "$(DB_PASSWORD)"]), "app --password $(DB_PASSWORD)");
}
