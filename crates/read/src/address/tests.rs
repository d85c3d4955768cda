//! What counts as an address and what does not, spelling by spelling.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn show(address: &Address) -> String {
    let scheme = address.scheme.as_ref().map_or(String::new(), |scheme| format!("{scheme}://"));
    let port = address.port.map_or(String::new(), |port| format!(":{port}"));
    let path = address.path.as_deref().unwrap_or_default();
    let form = match address.form {
        AddressForm::Url => "",
        AddressForm::HostPort => " (host:port)",
        AddressForm::Bare => " (bare)",
    };
    format!("{scheme}{}{port}{path}{form}", address.host)
}

fn line(value: &str) -> String {
    let shown: Vec<String> = addresses(value).iter().map(show).collect();
    if shown.is_empty() { String::from("-") } else { shown.join(" | ") }
}

/// Each value with what it names.
#[track_caller]
fn check(values: &[&str], expect: Expect) {
    let shown: String = values.iter().map(|value| format!("{value}\n    {}\n", line(value))).collect();
    expect.assert_eq(&shown);
}

#[test]
fn urls_of_every_scheme() {
    check(
        &[
            "http://orders:8080/api?x=1#y",
            "HTTPS://Orders.Shop.svc.cluster.local./",
            "grpc://orders:50051",
            "amqps://u:p@mq/vhost",
            "mongodb+srv://u:p@cluster0.acme.net/db?w=majority",
            "mongodb://u:p@m1:27017,m2:27017,m3/db?replicaSet=rs0",
            "rediss://:p@cache:6380/0",
            "redis+sentinel://s1:26379,s2:26379/mymaster/0",
            "postgresql+psycopg2://u:p@db/orders",
            "sqlserver://u:p@db:1433?database=x",
            "kafka://k1:9092,k2:9092",
            "lb://CUSTOMERS-SERVICE",
            "ws://chat/socket",
            "tcp://10.0.3.4:9000",
            "smtp://mail:587",
            "http://[fd00::5]:80/x",
            "configserver:http://config:8888",
            "optional:configserver:http://config:8888",
            "s3://bucket/key",
            "s3://minio:9000/bucket",
        ],
        expect![[r#"
            http://orders:8080/api?x=1#y
                http://orders:8080/api
            HTTPS://Orders.Shop.svc.cluster.local./
                https://orders.shop.svc.cluster.local
            grpc://orders:50051
                grpc://orders:50051
            amqps://u:p@mq/vhost
                amqps://mq/vhost
            mongodb+srv://u:p@cluster0.acme.net/db?w=majority
                mongodb://cluster0.acme.net/db
            mongodb://u:p@m1:27017,m2:27017,m3/db?replicaSet=rs0
                mongodb://m1:27017/db | mongodb://m2:27017/db | mongodb://m3/db
            rediss://:p@cache:6380/0
                rediss://cache:6380/0
            redis+sentinel://s1:26379,s2:26379/mymaster/0
                redis://s1:26379/mymaster/0 | redis://s2:26379/mymaster/0
            postgresql+psycopg2://u:p@db/orders
                postgresql://db/orders
            sqlserver://u:p@db:1433?database=x
                sqlserver://db:1433
            kafka://k1:9092,k2:9092
                kafka://k1:9092 | kafka://k2:9092
            lb://CUSTOMERS-SERVICE
                lb://customers-service
            ws://chat/socket
                ws://chat/socket
            tcp://10.0.3.4:9000
                tcp://10.0.3.4:9000
            smtp://mail:587
                smtp://mail:587
            http://[fd00::5]:80/x
                http://fd00::5:80/x
            configserver:http://config:8888
                http://config:8888
            optional:configserver:http://config:8888
                http://config:8888
            s3://bucket/key
                s3://bucket/key (bare)
            s3://minio:9000/bucket
                s3://minio:9000/bucket
        "#]],
    );
}

#[test]
fn targets_of_grpc() {
    check(
        &[
            "dns:///orders:50051",
            "dns://8.8.8.8/orders:50051",
            "dns:orders:50051",
            "xds:///orders.shop.svc:50051",
            "passthrough:///orders:1",
            "unix:///run/x.sock",
            "kubernetes:///orders:80",
        ],
        expect![[r#"
            dns:///orders:50051
                dns://orders:50051
            dns://8.8.8.8/orders:50051
                dns://orders:50051
            dns:orders:50051
                dns://orders:50051 (host:port)
            xds:///orders.shop.svc:50051
                xds://orders.shop.svc:50051
            passthrough:///orders:1
                passthrough://orders:1
            unix:///run/x.sock
                -
            kubernetes:///orders:80
                kubernetes://orders:80
        "#]],
    );
}

#[test]
fn jdbc() {
    check(
        &[
            "jdbc:postgresql://h1:5432,h2:5432/db?ssl=true",
            "jdbc:mysql://db/orders?useSSL=false&user=x",
            "jdbc:mysql:replication://a,b:3307/db",
            "jdbc:mariadb:sequential://a:3306,b:3306/db",
            "jdbc:sqlserver://db:1433;databaseName=orders;encrypt=true",
            "jdbc:sqlserver://db\\SQLEXPRESS;databaseName=orders",
            "jdbc:oracle:thin:@//ora:1521/XEPDB1",
            "jdbc:oracle:thin:@ora:1521:XE",
            "jdbc:oracle:thin:scott/tiger@ora:1521:XE",
            "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=x)))",
            "jdbc:h2:mem:testdb;DB_CLOSE_DELAY=-1",
            "jdbc:h2:file:./data/db",
            "jdbc:hsqldb:mem:x",
            "jdbc:tc:postgresql:15:///db",
            "jdbc:clickhouse://ch:8123/default",
            "r2dbc:pool:postgresql://db:5432/x",
            "jdbc:p6spy:mysql://db/x",
            "jdbc:sqlite:app.db",
        ],
        expect![[r#"
            jdbc:postgresql://h1:5432,h2:5432/db?ssl=true
                postgresql://h1:5432/db | postgresql://h2:5432/db
            jdbc:mysql://db/orders?useSSL=false&user=x
                mysql://db/orders
            jdbc:mysql:replication://a,b:3307/db
                mysql://a/db | mysql://b:3307/db
            jdbc:mariadb:sequential://a:3306,b:3306/db
                mariadb://a:3306/db | mariadb://b:3306/db
            jdbc:sqlserver://db:1433;databaseName=orders;encrypt=true
                sqlserver://db:1433
            jdbc:sqlserver://db\SQLEXPRESS;databaseName=orders
                sqlserver://db
            jdbc:oracle:thin:@//ora:1521/XEPDB1
                oracle://ora:1521/XEPDB1
            jdbc:oracle:thin:@ora:1521:XE
                oracle://ora:1521
            jdbc:oracle:thin:scott/tiger@ora:1521:XE
                oracle://ora:1521
            jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=x)))
                oracle://ora:1521
            jdbc:h2:mem:testdb;DB_CLOSE_DELAY=-1
                -
            jdbc:h2:file:./data/db
                -
            jdbc:hsqldb:mem:x
                -
            jdbc:tc:postgresql:15:///db
                -
            jdbc:clickhouse://ch:8123/default
                clickhouse://ch:8123/default
            r2dbc:pool:postgresql://db:5432/x
                postgresql://db:5432/x
            jdbc:p6spy:mysql://db/x
                mysql://db/x
            jdbc:sqlite:app.db
                -
        "#]],
    );
}

#[test]
fn connection_strings() {
    check(
        &[
            "Server=sqldata;Database=Orders;User Id=sa;Password=Pass@word",
            "Server=tcp:db,1433;Initial Catalog=Orders;Integrated Security=true",
            "Server=db\\inst;Database=x;Trusted_Connection=True;",
            "Data Source=sql.acme.net;Initial Catalog=x",
            "Data Source=app.db",
            "Data Source=app.db;Cache=Shared",
            "Host=db;Port=5432;Database=orders;Username=u;Password=p",
            "Server=db;Port=3306;Uid=root;Pwd=p;",
            "host=rabbitmq:5672;username=guest;password=guest",
            "host=db port=5432 user=u dbname=orders sslmode=disable",
            "host=a,b port=1,2 dbname=x",
            "host=/var/run/postgresql dbname=x",
            "redis:6379,password=p,ssl=True,abortConnect=False",
            "redis,abortConnect=false",
            "u:p@tcp(mysql:3306)/orders?parseTime=true",
            "root@tcp(mysql)/x",
            "u:p@unix(/tmp/mysql.sock)/x",
            "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=abc=",
            "AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=abc==;",
            "Contact Points=c1,c2;Port=9042;Default Keyspace=k",
        ],
        expect![[r#"
            Server=sqldata;Database=Orders;User Id=sa;Password=Pass@word
                sqlserver://sqldata/Orders
            Server=tcp:db,1433;Initial Catalog=Orders;Integrated Security=true
                sqlserver://db:1433/Orders
            Server=db\inst;Database=x;Trusted_Connection=True;
                sqlserver://db/x
            Data Source=sql.acme.net;Initial Catalog=x
                sqlserver://sql.acme.net/x
            Data Source=app.db
                -
            Data Source=app.db;Cache=Shared
                -
            Host=db;Port=5432;Database=orders;Username=u;Password=p
                postgresql://db:5432/orders
            Server=db;Port=3306;Uid=root;Pwd=p;
                mysql://db:3306
            host=rabbitmq:5672;username=guest;password=guest
                rabbitmq:5672
            host=db port=5432 user=u dbname=orders sslmode=disable
                postgresql://db:5432/orders
            host=a,b port=1,2 dbname=x
                postgresql://a:1/x | postgresql://b:2/x
            host=/var/run/postgresql dbname=x
                -
            redis:6379,password=p,ssl=True,abortConnect=False
                redis://redis:6379
            redis,abortConnect=false
                redis://redis
            u:p@tcp(mysql:3306)/orders?parseTime=true
                mysql://mysql:3306/orders
            root@tcp(mysql)/x
                mysql://mysql/x
            u:p@unix(/tmp/mysql.sock)/x
                -
            Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=abc=
                sb://acme.servicebus.windows.net
            AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=abc==;
                https://acme.documents.azure.com:443
            Contact Points=c1,c2;Port=9042;Default Keyspace=k
                cassandra://c1:9042/k | cassandra://c2:9042/k
        "#]],
    );
}

#[test]
fn hosts_with_ports_and_lists_of_them() {
    check(
        &[
            "orders:8080",
            "orders.shop.svc.cluster.local:7070",
            "k1:9092,k2:9092",
            "k1:9092; k2:9092",
            "PLAINTEXT://k:9092,PLAINTEXT_HOST://localhost:29092",
            "[k1:9092, k2:9092]",
            "[\"http://es1:9200\",\"http://es2:9200\"]",
            "[fd00::1]:80",
            "zk1:2181,zk2:2181/chroot",
            "guest:guest@rabbitmq:5672",
            "--db=postgres://u:p@db:5432/x",
            "-redis-addr=redis:6379",
            "--upstream=http://orders:80 --port=80",
            "--host=orders",
            "c1,c2",
            "orders",
            "order_service",
            "orders.shop",
            "10.1.2.3",
            "fd00::7",
            "http://a,http://b:81",
        ],
        expect![[r#"
            orders:8080
                orders:8080 (host:port)
            orders.shop.svc.cluster.local:7070
                orders.shop.svc.cluster.local:7070 (host:port)
            k1:9092,k2:9092
                k1:9092 (host:port) | k2:9092 (host:port)
            k1:9092; k2:9092
                k1:9092 (host:port) | k2:9092 (host:port)
            PLAINTEXT://k:9092,PLAINTEXT_HOST://localhost:29092
                plaintext://k:9092
            [k1:9092, k2:9092]
                k1:9092 (host:port) | k2:9092 (host:port)
            ["http://es1:9200","http://es2:9200"]
                http://es1:9200 | http://es2:9200
            [fd00::1]:80
                fd00::1:80 (host:port)
            zk1:2181,zk2:2181/chroot
                zk1:2181 (host:port) | zk2:2181/chroot (host:port)
            guest:guest@rabbitmq:5672
                rabbitmq:5672 (host:port)
            --db=postgres://u:p@db:5432/x
                postgres://db:5432/x
            -redis-addr=redis:6379
                redis:6379 (host:port)
            --upstream=http://orders:80 --port=80
                http://orders:80
            --host=orders
                orders (bare)
            c1,c2
                c1 (bare) | c2 (bare)
            orders
                orders (bare)
            order_service
                order_service (bare)
            orders.shop
                orders.shop (bare)
            10.1.2.3
                10.1.2.3 (bare)
            fd00::7
                fd00::7 (bare)
            http://a,http://b:81
                http://a | http://b:81
        "#]],
    );
}

#[test]
fn queries_fragments_and_encoded_ones() {
    check(
        &[
            "http://gw/login?callback=http://orders:80/done",
            "http://gw/login?callback=http%3A%2F%2Forders%3A80%2Fdone",
            "/login#http://orders",
            "http://gw/proxy/http://orders/x",
            "kafka://?brokers=k1:9092",
        ],
        expect![[r#"
            http://gw/login?callback=http://orders:80/done
                http://gw/login | http://orders:80/done
            http://gw/login?callback=http%3A%2F%2Forders%3A80%2Fdone
                http://gw/login | http://orders:80/done
            /login#http://orders
                http://orders
            http://gw/proxy/http://orders/x
                http://gw/proxy/http | http://orders/x
            kafka://?brokers=k1:9092
                k1:9092 (host:port)
        "#]],
    );
}

#[test]
fn scripts() {
    check(
        &[
            "while ! nc -z rabbitmq 5672; do sleep 3; done",
            "until nc -w 5 -z db 3306; do echo waiting; done",
            "wget http://orders/health",
            "wget -qO- orders:8080/health",
            "sh -c \"until curl -sf http://es:9200; do sleep 1; done\"",
            "curl -f orders/health || exit 1",
            "pg_isready -h db -p 5432 -U x",
            "mysqladmin ping -h mysql -u root",
            "mysql -hdb -uroot",
            "redis-cli -h cache ping",
            "redis-cli ping",
            "./wait-for-it.sh db:5432 -- npm start",
            "until nslookup mydb; do sleep 2; done",
            "(echo > /dev/tcp/kafka/9092)",
            "server orders:8080 max_fails=3;",
            "kafka-topics --bootstrap-server kafka:9092 --list",
            "nginx -g 'daemon off;'",
            "npm run start:prod",
            "java -jar app.jar --spring.profiles.active=docker",
        ],
        expect![[r#"
            while ! nc -z rabbitmq 5672; do sleep 3; done
                rabbitmq:5672 (host:port)
            until nc -w 5 -z db 3306; do echo waiting; done
                db:3306 (host:port)
            wget http://orders/health
                http://orders/health
            wget -qO- orders:8080/health
                http://orders:8080/health
            sh -c "until curl -sf http://es:9200; do sleep 1; done"
                http://es:9200
            curl -f orders/health || exit 1
                http://orders/health
            pg_isready -h db -p 5432 -U x
                postgresql://db:5432
            mysqladmin ping -h mysql -u root
                mysql://mysql
            mysql -hdb -uroot
                mysql://db
            redis-cli -h cache ping
                redis://cache
            redis-cli ping
                -
            ./wait-for-it.sh db:5432 -- npm start
                db:5432 (host:port)
            until nslookup mydb; do sleep 2; done
                mydb (bare)
            (echo > /dev/tcp/kafka/9092)
                tcp://kafka:9092 (host:port)
            server orders:8080 max_fails=3;
                orders:8080 (host:port)
            kafka-topics --bootstrap-server kafka:9092 --list
                kafka:9092 (host:port)
            nginx -g 'daemon off;'
                -
            npm run start:prod
                -
            java -jar app.jar --spring.profiles.active=docker
                -
        "#]],
    );
}

#[test]
fn placeholders_drop_only_their_part() {
    check(
        &[
            "http://$(X):80",
            "${HOST}:80",
            "http://orders:${PORT}/x",
            "http://${A},http://b:1",
            "kafka-${N}:9092,k2:9092",
            "http://${HOST:orders}:${PORT:80}",
            "${HOST:-orders}:80",
            "http://{{ .Values.host }}:80",
            "http://<your-host>:80/",
            "$scheme://$host:$port",
            "${PROTO}://orders:80",
            "http://%s:%d/x",
        ],
        expect![[r#"
            http://$(X):80
                -
            ${HOST}:80
                -
            http://orders:${PORT}/x
                http://orders/x
            http://${A},http://b:1
                http://b:1
            kafka-${N}:9092,k2:9092
                k2:9092 (host:port)
            http://${HOST:orders}:${PORT:80}
                http://orders:80
            ${HOST:-orders}:80
                orders:80 (host:port)
            http://{{ .Values.host }}:80
                -
            http://<your-host>:80/
                -
            $scheme://$host:$port
                -
            ${PROTO}://orders:80
                orders:80
            http://%s:%d/x
                -
        "#]],
    );
}

#[test]
fn redaction_hides_no_host() {
    for text in [
        "postgres://u:hunter2@db:5432/x",
        "amqp://u:p@a,u:p@b/v",
        "u:p@tcp(db:3306)/x",
        "guest:guest@mq:5672",
        "jdbc:oracle:thin:u/p@ora:1521:XE",
        "Server=db;Database=x;Password=hunter2",
        "redis:6379,password=hunter2",
        "host=db user=u password=hunter2 dbname=x",
    ] {
        let redacted = crate::redact::value("URL", text);
        assert!(redacted.contains("<redacted>"), "{text}");
        assert_eq!(line(&redacted), line(text));
    }
}

#[test]
fn ordinary_values_are_no_addresses() {
    let values = [
        "",
        " ",
        ":",
        "://",
        "@",
        "=",
        "http://",
        "localhost",
        "localhost:8080",
        "127.0.0.1:80",
        "::1",
        "[::1]:80",
        "0.0.0.0",
        "0.0.0.0:80",
        "[::]:80",
        "*",
        "*:80",
        ":8080",
        "*.example.com",
        "http://example.com/x",
        "https://api.example.com",
        "/etc/config.yaml",
        "./run.sh",
        "config.yaml",
        "1.2.3",
        "v1.2.3",
        "1.2.3-rc.1",
        "12:30",
        "10:30:00",
        "2024-01-02T12:30:00Z",
        "foo:bar",
        "nginx:1.25",
        "nginx:1.25-alpine",
        "redis:7",
        "node:20",
        "name:8",
        "quay.io/acme/orders:1.0",
        "acme/orders:8080",
        "registry:5000/acme/orders:v1",
        "orders@sha256:abcd",
        "text/plain",
        "application/json",
        "50%",
        "100m",
        "512Mi",
        "1Gi",
        "30s",
        "5m",
        "true",
        "False",
        "none",
        "debug",
        "INFO",
        "com.acme.orders.Main",
        "org.apache.kafka.common.StringSerializer",
        "com.acme.orders",
        "a@b.com",
        "someone@acme.io",
        "Hello, world",
        "the quick brown fox",
        "0 0 * * *",
        "8080:80",
        "127.0.0.1:8080:80",
        "data:/var/lib",
        "classpath:/shared",
        "file:///etc/passwd",
        "unix:///var/run/docker.sock",
        "sqlite:///app.db",
        "http+unix://%2Fvar%2Frun/x",
        "jdbc:h2:mem:x",
        "http://www.w3.org/2001/XMLSchema",
        "timeout:3000",
        "maximumSize=500,expireAfterWrite=600s",
        "user:1000",
        "-Xmx512m -Xms256m",
        "--port=8080",
        "8080",
        "a=b,c=d",
        "{\"a\": 1}",
        "[1, 2]",
        "^[a-z]+$",
        "%d{HH:mm:ss} %-5level %logger{36} - %msg%n",
        "main.py:80",
        "99",
        "3.14",
        "-1",
        "a",
        "UPPER",
        "CamelCase",
        "application.properties",
        "aa:bb:cc:dd:ee:ff",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "host.docker.internal:5000",
        "https://docs.acme.com/guide",
        "git@github.com:acme/orders.git",
        "SELECT * FROM orders WHERE id=1",
        "uploads/",
        "orders/health",
        "utf8",
        "latest",
        "read:orders write:orders",
        "arn:aws:sns:us-east-1:123456789012:orders",
    ];
    let found: Vec<String> = values
        .iter()
        .filter(|value| !addresses(value).is_empty())
        .map(|value| format!("{value} → {}", line(value)))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn words_of_a_command() {
    let shown = |words: &[&str]| {
        addresses_in_words(words)
            .iter()
            .map(|(index, address)| format!("{index} {}", show(address)))
            .collect::<Vec<_>>()
            .join(" | ")
    };
    assert_eq!(shown(&["server", "--db-host", "orders-db", "--port", "80"]), "2 orders-db (bare)");
    assert_eq!(shown(&["nc", "-z", "rabbitmq", "5672"]), "2 rabbitmq:5672 (host:port)");
    assert_eq!(shown(&["sh", "-c", "until nc -z db 5432; do sleep 1; done; exec app"]), "2 db:5432 (host:port)");
    assert_eq!(shown(&["psql", "-h", "db", "-c", "select 1"]), "2 postgresql://db");
    assert_eq!(shown(&["app", "-zipkin=http://zipkin:9411/api", "redis"]), "1 http://zipkin:9411/api");
    assert_eq!(shown(&["node", "server", "start"]), "");
}

proptest! {
    #[test]
    fn no_value_panics(value in "[ -~é\\n]{0,80}") {
        let _ = addresses(&value);
        let _ = addresses_in_words(&[value.as_str(), "-h", value.as_str()]);
    }

    #[test]
    fn parts_of_real_values_do_not_panic(
        parts in proptest::collection::vec(proptest::sample::select(&["http://", "a", ":", "@", "[", "]", "::1", "80", ",", "/", "${", "}", "$(", ")", "jdbc:", "oracle:thin:", "tcp(", "(HOST=", "=", ";", "é", "Server=", " ", "host=", "-h", "nc ", "psql ", "\\", "?", "%3A%2F%2F", "{{", "<"][..]), 0..14)
    ) {
        let _ = addresses(&parts.concat());
    }
}
