package main
import ("testing";"fmt";"math";"whorl/experiments/compare")
func asin(d *compare.Design)*compare.Design{
 e:=*d; e.Rate=false; e.Value=nil; e.Without=nil
 f:=func(x []float64)[]float64{y:=make([]float64,len(x));for i,v:=range x{y[i]=math.Asin(math.Sqrt(v))};return y}
 for c:=range d.Value{ e.Value=append(e.Value,f(d.Value[c])); var w [][]float64; for _,x:=range d.Without[c]{w=append(w,f(x))}; e.Without=append(e.Without,w)}
 return &e
}
func TestDbg(t *testing.T){
 for _,w:=range worlds(){ if w.Name!="as measured" && w.Name!="AUC" {continue}
 for _,n:=range []int{3,5,10}{
 N:=300
 var fa,fb,pa,pb int
 e:=[]float64{.05,.05,.05,.05}; e2:=[]float64{.02,.05,.05,.05}
 
 far:=func(d *compare.Design)bool{a,_:=compare.Analyze(d,.95); lo,hi:=0,0; for c:=range a.Means{if a.Means[c]<a.Means[lo]{lo=c}; if a.Means[c]>a.Means[hi]{hi=c}}; return a.Pair(lo,hi,compare.Subjects).Adjusted.P<.05}
 
 for i:=range N{ d,_:=w.draw(1,uint64(2*i),e,n)
  if far(d){fa++}; if far(asin(d)){fb++}
  d,_=w.draw(1,uint64(2*i+1),e2,n)
  a,_:=compare.Analyze(d,.95); if a.Pair(0,1,compare.Subjects).Adjusted.P<.05{pa++}
  a,_=compare.Analyze(asin(d),.95); if a.Pair(0,1,compare.Subjects).Adjusted.P<.05{pb++}
 }
 r:=func(k int)float64{return float64(k)/float64(N)*100}
 fmt.Printf("W=%s n=%d raw false %.1f power %.1f asin false %.1f power %.1f\n",w.Name,n,r(fa),r(pa),r(fb),r(pb))
 }}
}
