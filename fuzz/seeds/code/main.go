npackage main
import "net/http"
func main() { http.Get("http://orders:80/x"); http.HandleFunc("/healthz", ok) }
